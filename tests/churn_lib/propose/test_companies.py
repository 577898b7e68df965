"""Whatever a company's table is like, what is proposed for it holds, and accepts all of it."""

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from churn_lib.customer.schema_file import parse
from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError
from churn_lib.propose.again import contradictions, extended, names_of
from churn_lib.propose.proposal import Proposal, propose
from churn_lib.propose.start import start
from churn_lib.propose.toml import written
from churn_lib.tables.headings import folded
from churn_lib.tables.read import read_table
from churn_lib.tables.table import Table
from tests.churn_lib.propose.companies import Company, companies
from tests.churn_lib.propose.tables import accepted

SAYABLE = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '&+,./()-])+")


def saved(company: Company, folder: Path) -> Path:
    path = folder / "customers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([heading for heading, _ in company.columns])
        writer.writerows(zip(*(cells for _, cells in company.columns), strict=True))
    return path


def table_of(company: Company) -> Table:
    with TemporaryDirectory() as folder:
        return read_table(saved(company, Path(folder)), {plain(company.target)}).table


def proposed(company: Company, table: Table) -> Proposal | None:
    try:
        return propose(table, company.target, None, "customers.csv")
    except DataError as error:
        if not re.search("no column beside|several columns", str(error)):
            raise
        return None


@settings(max_examples=80, deadline=None)
@given(companies())
def test_every_proposal_is_a_schema_that_allows_what_the_table_holds(company: Company) -> None:
    table = table_of(company)
    proposal = proposed(company, table)
    if proposal is None:
        return
    text = written(proposal, "customers.csv")
    schema = parse(text)
    assert list(contradictions(schema, proposal)) == []
    again = propose(table, company.target, None, "customers.csv", names_of(schema))
    assert extended(text, schema, again, "customers.csv") == text
    for name, one in schema.attributes.items():
        for words in (*one.phrases.values(), one.unknown):
            assert not words or (SAYABLE.fullmatch(words) and len(words) <= 100), (name, words)
            assert " and " not in words, words


@settings(max_examples=30, deadline=None)
@given(companies())
def test_no_column_is_forgotten(company: Company) -> None:
    table = table_of(company)
    proposal = proposed(company, table)
    if proposal is None:
        return
    used = {use.column.heading for use in proposal.uses}
    spoken_of = used | {*proposal.ignored, proposal.parts.identifier, proposal.answer.column}
    headings = {folded(heading) for heading, _ in company.columns}
    assert headings - {""} <= spoken_of | set(table.left_out)


@settings(max_examples=8, deadline=None)
@given(companies())
def test_every_row_of_the_table_is_accepted(company: Company) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = saved(company, folder)
        try:
            start(file, folder / "own", target=company.target)
        except DataError:
            return
        assert accepted(file, folder / "own") == len(company.columns[0][1])
