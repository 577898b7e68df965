"""The interface's document against the running server."""

from pathlib import Path

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig

from functions.interface import document
from tests.serving import Served

CONFIG = Path(__file__).parents[1] / "schemathesis.toml"

config = SchemathesisConfig.from_path(CONFIG)
schema = schemathesis.openapi.from_dict(document().model_dump(mode="json", by_alias=True, exclude_unset=True), config=config)


@schema.exclude(path=["/predict/batch", "/bigquery"]).parametrize()
def test_every_answer_is_as_the_document_says(case, served: Served) -> None:
    case.call_and_validate(base_url=served.url)
