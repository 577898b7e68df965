"""`POST /bigquery` on a real server, as BigQuery calls a remote function."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_lib.customer.model import Customer
from churn_lib.customer.reading import MOST_COLUMNS
from churn_lib.score.scorecard import scorecard
from functions.app import LARGEST_OF_BIGQUERY
from functions.bigquery import LARGEST_TEXT
from functions.server.limits import MOST_BYTES
from tests import raw
from tests.churn_lib.gemini.writing import KEY
from tests.customers import Row, customers
from tests.fakes.gemini import unused_port
from tests.functions.server.test_transport import CHUNKED, chunks
from tests.raw import talk
from tests.serving import ROOT, Served, serve, until, wait_for

Reply = dict[str, object]

SHARED_CLIENT = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LONGEST_MESSAGE = 1024
RETRIED = {408, 429, 500, 503, 504}

job = count()


def request(arguments: Sequence[object], **more: object) -> dict[str, object]:
    """What BigQuery sends."""
    return {
        "requestId": f"made-up-{next(job)}",
        "caller": "//bigquery.googleapis.com/projects/shop/jobs/shop:EU.bquxjob_5b4c112c",
        "sessionUser": "analyst@example.org",
        "calls": [[argument] for argument in arguments],
        **more,
    }


def replies(client: httpx2.Client, arguments: Sequence[object], **more: object) -> list[Reply]:
    response = client.post("/bigquery", json=request(arguments, **more))
    found = response.json()["replies"]
    assert response.status_code == 200
    assert isinstance(found, list)
    assert len(found) == len(arguments)
    return found


def as_texts(row: Row) -> Row:
    """Numbers as BigQuery sends INT64 and NUMERIC that a double can't hold."""
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()
    }


def arguments() -> st.SearchStrategy[object]:
    """Rows in the forms that tables have, rows that nobody can score, and what is no row."""
    forms: list[st.SearchStrategy[object]] = [
        customers(),
        customers().map(json.dumps),
        customers().map(as_texts),
        customers().map(lambda row: {name.upper(): value for name, value in row.items()}),
        customers().map(
            lambda row: {**row, "seen_at": "12:00:00", "Churn": None, "tags": [1, {"a": 1}]}
        ),
        customers().map(lambda row: {**row, "customerID": None, "context": None}),
        customers().map(lambda row: {**row, "gender": None}),
        customers().map(lambda row: {**row, "tenure": "canary"}),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=20)
        | st.lists(st.integers(), max_size=3),
    ]
    return st.one_of(forms)


@SHARED_CLIENT
@given(calls=st.lists(arguments(), max_size=6))
def test_replies_are_as_many_as_calls_in_their_order_and_the_same_again(
    client: httpx2.Client, calls: list[object]
) -> None:
    found = replies(client, calls)
    assert replies(client, calls[::-1]) == found[::-1]
    assert all(set(reply) in ({"churn_probability", "risk"}, {"errors"}) for reply in found)


@SHARED_CLIENT
@given(row=customers())
def test_every_form_of_a_row_gets_the_number_of_the_scorecard(
    client: httpx2.Client, row: Row
) -> None:
    lower, upper = (
        {spelled(name): value for name, value in row.items()} for spelled in (str.lower, str.upper)
    )
    more = {**row, "Churn": "Yes", "seen_at": "12:00:00", "customer": {"a": None}}
    found = replies(client, [row, json.dumps(row), as_texts(row), lower, upper, more])
    expected = scorecard().score(Customer.model_validate(row)).probability
    assert [reply["churn_probability"] for reply in found] == [expected] * 6


def test_nulls_are_left_out(client: httpx2.Client, example: Reply) -> None:
    without = {name: value for name, value in example.items() if name != "TotalCharges"}
    nulls = {**without, "TotalCharges": None, "customerID": None, "context": None}
    found, expected = replies(client, [nulls, without])
    assert found == expected
    assert replies(client, [{**example, "gender": None}]) == [
        {"errors": [{"field": "gender", "message": "is required: one of 'Female', 'Male'"}]}
    ]


def test_the_identifier_is_passed_through_in_any_case(
    client: httpx2.Client, example: Reply
) -> None:
    found = replies(
        client,
        [{**example, "customerID": "7590-VHVEG"}, {**example, "customerid": "7590-VHVEG"}, example],
    )
    assert [reply.get("customerID") for reply in found] == ["7590-VHVEG", "7590-VHVEG", None]


def test_a_row_that_is_rejected_keeps_its_identifier_where_that_is_one(
    client: httpx2.Client, example: Reply
) -> None:
    columns: list[Row] = [
        {"customerID": "7590-VHVEG"},
        {"customer_id": 7590},
        {"CUSTOMERID ": 7590.0},
        {"customerID": "a\nb"},
        {"customerID": "a", "customer_id": "b"},
        {},
    ]
    rows = [{**example, **column, "tenure": -1} for column in columns]
    for mode in ("score", "offer"):
        found = replies(client, [*rows, *map(json.dumps, rows)], userDefinedContext={"mode": mode})
        names = [reply.get("customerID") for reply in found]
        assert names == ["7590-VHVEG", "7590", "7590", None, None, None] * 2
        assert all(reply["errors"] for reply in found)


def test_columns_of_a_table_that_are_named_like_ours_do_no_harm(
    client: httpx2.Client, example: Reply
) -> None:
    (plain, numbered) = replies(
        client, [example, {**example, "customerID": 1001, "context": "spring campaign"}]
    )
    assert numbered == {"customerID": "1001", **plain}


@pytest.mark.parametrize("text", ["x", "1.5", "1_0", "[1]", "true", "1e999", "9" * 5000, '"1"'])
def test_a_text_that_is_no_number_is_told_as_the_field_of_it(
    client: httpx2.Client, example: Reply, text: str
) -> None:
    (reply,) = replies(client, [{**example, "tenure": text}])
    assert reply == {
        "errors": [{"field": "tenure", "message": "must be a whole number from 0 to 1200 (months)"}]
    }


def test_a_total_that_is_not_known_is_computed(client: httpx2.Client, example: Reply) -> None:
    old = {**example, "tenure": 60}
    totals = (" ", "", None, "NaN", 60 * 89.9)
    found = replies(client, [{**old, "TotalCharges": total} for total in totals])
    assert found == [found[-1]] * len(totals)


def test_the_types_that_bigquery_detects_itself_are_read(
    client: httpx2.Client, example: Reply
) -> None:
    as_bool = {
        **example,
        "SeniorCitizen": False,
        "Partner": True,
        "Dependents": False,
        "PhoneService": True,
        "PaperlessBilling": True,
        "Churn": False,
        "MonthlyCharges": "89.90000000000000000000000000000000000000",
        "context": {"consent": None},
    }
    detected, plain = replies(client, [as_bool, example])
    assert detected == plain


def test_a_json_column_that_is_called_context_is_ignored(
    client: httpx2.Client, example: Reply
) -> None:
    own = {f"key_{number}": number for number in range(20)}
    found, plain = replies(client, [{**example, "context": own}, example])
    assert found == plain


def test_nothing_is_printed_about_who_asked_for_whom(
    client: httpx2.Client, served: Served, example: Reply
) -> None:
    replies(client, [{**example, "customerID": "canary4711"}, {"email": "canary4711"}])
    assert not re.search("analyst@example.org|canary4711", served.printed())


def test_one_call_and_none_are_batches_too(client: httpx2.Client, example: Reply) -> None:
    assert len(replies(client, [example])) == 1
    assert replies(client, []) == []


def test_the_context_chooses_score_or_offer(client: httpx2.Client, example: Reply) -> None:
    (score,) = replies(client, [example], userDefinedContext={"mode": "score"})
    (offer,) = replies(client, [example], userDefinedContext={"mode": "offer"})
    alone = client.post("/predict?offer=template", json=example).json()
    assert replies(client, [example], userDefinedContext=None) == [score]
    assert set(score) == {"churn_probability", "risk"}
    assert {**offer, "metadata": None} == {**alone, "metadata": None}


def test_a_row_that_can_not_be_scored_answers_in_its_place_among_offers(
    client: httpx2.Client, example: Reply
) -> None:
    found = replies(client, [{}, example, None], userDefinedContext={"mode": "offer"})
    assert ["errors" in reply for reply in found] == [True, False, True]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"calls": {}}',
        b'{"calls": [1]}',
        b'{"calls": [[]]}',
        b'{"calls": [[1, 2]]}',
        b'{"calls": [], "calls": []}',
        b'{"calls": [[{"tenure": 1, "tenure": 2}]]}',
        b'{"calls": [], "userDefinedContext": {"mode": "canary"}}',
        b'{"calls": [], "userDefinedContext": {"canary": "score"}}',
        b'{"calls": [], "userDefinedContext": "canary"}',
        b'{"calls": [' + b"[0]," * 5000 + b"[0]]}",
    ],
)
def test_a_batch_that_will_never_be_accepted_is_400_with_a_short_message(
    client: httpx2.Client, body: bytes
) -> None:
    response = client.post("/bigquery", content=body, headers={"Content-Type": "application/json"})
    message = response.json()["errorMessage"]
    assert response.status_code == 400
    assert response.status_code not in RETRIED
    assert 0 < len(message.encode()) < LONGEST_MESSAGE
    assert "canary" not in message


def test_a_text_with_the_same_key_twice_is_refused_in_its_place(
    client: httpx2.Client, example: Reply
) -> None:
    twice = json.dumps(example)[:-1] + ', "tenure": 3}'
    (reply, _) = replies(client, [twice, example])
    assert reply == {"errors": [{"field": "tenure", "message": "must not be given twice"}]}


def test_a_key_twice_is_not_hidden_by_an_escape_elsewhere(
    client: httpx2.Client, example: Reply
) -> None:
    row = json.dumps(example)[:-1] + ', "tenure": 3}'
    body = f'{{"requestId": "\\u003a", "calls": [[{row}]]}}'
    response = client.post("/bigquery", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, "twice" in response.json()["errorMessage"]) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        b'{"calls": [[{"a": ":"}], [{"b": {"tenure": 1, "tenure": 2}}]]}',
        b'{"calls": [[0]], "caller": {"tenure": 1, "tenure": 2}}',
        b'{"calls": 0, "tenure": 1, "tenure": 2}',
        b'{"calls": [' + b"[0]," * 5000 + b'[{"tenure": 1, "tenure": 2}]]}',
        b'[{"tenure": 1, "tenure": 2}]',
    ],
)
def test_a_key_twice_is_told_wherever_it_stands(client: httpx2.Client, body: bytes) -> None:
    response = client.post("/bigquery", content=body, headers={"Content-Type": "application/json"})
    assert response.json() == {"errorMessage": "tenure: must not be given twice"}


def test_too_many_calls_are_told_what_to_set(client: httpx2.Client) -> None:
    response = client.post("/bigquery", json=request([0] * 5001))
    assert response.status_code == 400
    assert response.json() == {
        "errorMessage": "calls: must be at most 5000: set max_batching_rows of the function"
    }


@pytest.mark.parametrize(
    "column",
    [
        "x" * 2000,
        [{"amount": 1, "lines": []}] * 26,
        "[" * 200 + "{:" * 200,
        {f"k{number}": 1 for number in range(100)},
    ],
)
def test_columns_that_are_wide_or_nested_are_ignored(
    client: httpx2.Client, example: Reply, column: object
) -> None:
    """Of 2,000 rows, the size of a batch that Terraform sets."""
    (alone,) = replies(client, [example])
    assert replies(client, [{**example, "column": column}] * 2000) == [alone] * 2000


def test_a_row_of_more_columns_than_a_table_has_is_refused_in_its_place(
    client: httpx2.Client, example: Reply
) -> None:
    columns = {f"column {number}": number for number in range(MOST_COLUMNS - len(example))}
    wide, wider = {**example, **columns}, {**example, **columns, "one more": 1}
    (alone,) = replies(client, [example])
    fault = {"field": "(body)", "message": "has far more fields than there are"}
    assert replies(client, [wider, wide, json.dumps(wider)]) == [
        {"errors": [fault]},
        alone,
        {"errors": [fault]},
    ]


def test_a_text_that_would_take_long_is_refused_in_its_place(
    client: httpx2.Client, example: Reply
) -> None:
    row = {**example, "notes": ""}
    fits = json.dumps({**row, "notes": "x" * (LARGEST_TEXT - len(json.dumps(row)))})
    (alone,) = replies(client, [example])
    fault = {"field": "(body)", "message": f"must be at most {LARGEST_TEXT} bytes"}
    assert replies(client, [fits + " ", fits]) == [{"errors": [fault]}, alone]


def refused(port: int, sent: bytes) -> tuple[int, str]:
    """Status and message of the answer to a client who sends everything before it reads."""
    (reply,) = talk(port, sent)
    content = json.loads(reply.body)
    assert set(content) == {"errorMessage"}
    assert len(content["errorMessage"]) < LONGEST_MESSAGE
    return reply.status, content["errorMessage"]


def test_a_body_that_is_too_large_is_read_and_told_what_to_do(served: Served) -> None:
    sent = raw.request(b" " * (LARGEST_OF_BIGQUERY + 1), target=b"/bigquery")
    advice = "lower max_batching_rows or select fewer columns"
    for _ in range(3):
        status, message = refused(served.port, sent)
        assert status == 413
        assert message.endswith(advice)


def test_a_body_in_chunks_that_is_too_large_is_read_too(served: Served) -> None:
    head = b"POST /bigquery HTTP/1.1\r\n" + raw.HOST + raw.JSON + CHUNKED
    sent = head + chunks(*[b" " * 100_000] * 120)
    assert refused(served.port, sent)[0] == 413


def test_every_refusal_is_in_the_words_of_the_protocol(served: Served) -> None:
    start = b"POST /bigquery HTTP/1.1\r\n" + raw.HOST
    size = b"Content-Length: 9\r\n\r\n"
    text = start + b"Content-Type: text/plain\r\n" + size + b"x" * 9
    packed = start + raw.JSON + b"Content-Encoding: gzip\r\n" + size + b"x" * 9
    stalled = start + raw.JSON + size + b"{"
    assert [refused(served.port, sent)[0] for sent in (text, packed, stalled)] == [415, 415, 408]


def test_more_bytes_at_once_than_there_is_room_for_are_refused_at_once(
    served: Served, example: Reply
) -> None:
    size = b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % LARGEST_OF_BIGQUERY
    asking = b"POST /bigquery HTTP/1.1\r\n" + raw.HOST + raw.JSON + size
    with ExitStack() as stack:
        held = [
            stack.enter_context(raw.sending(served.port, asking))
            for _ in range(MOST_BYTES // LARGEST_OF_BIGQUERY)
        ]
        assert {reply.status for stream in held for reply in raw.replies(stream)} == {100}
        assert refused(served.port, asking)[0] == 503
        small = raw.request(json.dumps(request([example])).encode(), target=b"/bigquery")
        assert [reply.status for reply in talk(served.port, small)] == [200]
    assert until(lambda: talk(served.port, asking)[0].status == 100)


@pytest.fixture(scope="module")
def frugal() -> Iterator[httpx2.Client]:
    """A server with Gemini, of which BigQuery may have two calls a minute."""
    port = unused_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.gemini", "--port", str(port)], cwd=ROOT
    )
    variables = {
        "GEMINI_API_KEY": KEY,
        "GEMINI_BASE_URL": f"http://127.0.0.1:{port}",
        "BIGQUERY_GEMINI_CALLS_PER_MINUTE": "2",
    }
    try:
        wait_for(port, process)
        with (
            serve(variables) as server,
            httpx2.Client(base_url=server.url, trust_env=False, timeout=30) as session,
        ):
            yield session
    finally:
        process.terminate()
        process.wait(30)


def test_gemini_writes_for_bigquery_no_more_than_the_budget_allows(
    frugal: httpx2.Client, example: Reply
) -> None:
    found = replies(frugal, [example] * 5, userDefinedContext={"mode": "offer"})
    offers = [reply["offer"] for reply in found if isinstance(reply["offer"], dict)]
    assert [offer["written_by"] for offer in offers].count("gemini") == 2
    assert [offer["fallback_reason"] for offer in offers].count("budget") == 3
