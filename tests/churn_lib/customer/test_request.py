"""What a request says of the contact, and what it means where it says nothing."""

from pydantic_core import to_json

from churn_lib.customer.languages import spoken
from churn_lib.customer.reading import read_row
from tests.customers import Row


def test_nothing_said_of_the_contact_is_made_once_and_not_for_each_request(example: Row) -> None:
    body = to_json(example)
    first, second = read_row(body).context, read_row(body).context
    assert first is second
    assert first.language == spoken.first
    assert read_row(to_json({**example, "context": {"channel": "sms"}})).context is not first


def test_nothing_said_of_the_contact_follows_the_catalogue_in_force(example: Row) -> None:
    before = spoken.languages
    assert before[0] != "de"
    spoken.languages = ("de", "en")
    try:
        assert read_row(to_json(example)).context.language == "de"
    finally:
        spoken.languages = before
    assert read_row(to_json(example)).context.language == before[0]
