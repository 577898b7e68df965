"""GoogleSQL, the language of BigQuery, run by its reference implementation."""

from google.protobuf.empty_pb2 import Empty
from zetasql.wasi._pb2.zetasql.local_service.local_service_pb2 import (
    AnalyzeRequest,
    EvaluateQueryRequest,
    EvaluateQueryResponse,
    LanguageOptionsRequest,
    PrepareQueryRequest,
    PrepareQueryResponse,
    UnprepareQueryRequest,
)
from zetasql.wasi._pb2.zetasql.proto.options_pb2 import AnalyzerOptionsProto, LanguageOptionsProto
from zetasql.wasi._pb2.zetasql.proto.simple_catalog_pb2 import SimpleCatalogProto
from zetasql.wasi._pb2.zetasql.public import options_pb2, type_pb2, value_pb2

from tests.engines.engine import Answer, Columns, Rows, Value, named
from tests.engines.module import Service

TYPES = {
    "text": (type_pb2.TYPE_STRING, "string_value"),
    "number": (type_pb2.TYPE_DOUBLE, "double_value"),
    "whole": (type_pb2.TYPE_INT64, "int64_value"),
    "truth": (type_pb2.TYPE_BOOL, "bool_value"),
}


class GoogleSQL:
    def __init__(self) -> None:
        self._service = Service()
        asked = LanguageOptionsRequest(maximum_features=True)
        language = self._service.call("GetLanguageOptions", asked, LanguageOptionsProto)
        language.product_mode = options_pb2.PRODUCT_EXTERNAL  # as in BigQuery: no type DOUBLE
        # As in BigQuery: else days would begin where they do in California.
        self._options = AnalyzerOptionsProto(language_options=language, default_timezone="UTC")

    def run(self, sql: str, table: str, columns: Columns, rows: Rows) -> Answer:
        catalog = self._catalog(table, columns)
        request = PrepareQueryRequest(sql=sql, options=self._options, simple_catalog=catalog)
        content = request.table_content[table].table_data
        for row in rows:
            content.row.add().cell.extend(map(_cell, row, columns.values()))
        query = self._service.call("PrepareQuery", request, PrepareQueryResponse).prepared
        asked = EvaluateQueryRequest(prepared_query_id=query.prepared_query_id)
        found = self._service.call("EvaluateQuery", asked, EvaluateQueryResponse)
        done = UnprepareQueryRequest(prepared_query_id=query.prepared_query_id)
        self._service.call("UnprepareQuery", done, Empty)
        names = [column.name for column in query.columns]
        return named(names, [list(map(_value, r.cell)) for r in found.content.table_data.row])

    def analyse(self, sql: str, table: str, columns: Columns) -> None:
        """Raises RefusedError when a type or a name is wrong in a statement of any kind, such as
        one that creates a function.
        """
        options = AnalyzerOptionsProto()
        options.CopyFrom(self._options)
        options.language_options.ClearField("supported_statement_kinds")
        request = AnalyzeRequest(
            sql_statement=sql, options=options, simple_catalog=self._catalog(table, columns)
        )
        self._service.call("Analyze", request, Empty)  # the reply is too deep to be read

    def _catalog(self, table: str, columns: Columns) -> SimpleCatalogProto:
        catalog = SimpleCatalogProto(name="project")
        catalog.builtin_function_options.language_options.CopyFrom(self._options.language_options)
        described = catalog.table.add(name=table)
        for name, kind in columns.items():
            described.column.add(name=name).type.type_kind = TYPES[kind][0]
        return catalog


def _cell(value: Value, kind: str) -> value_pb2.ValueProto:
    return value_pb2.ValueProto(**({} if value is None else {TYPES[kind][1]: value}))


def _value(cell: value_pb2.ValueProto) -> object:
    held = cell.WhichOneof("value")
    return getattr(cell, held) if held else None
