"""`POST /predict/batch` on a real server."""

import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from http.client import HTTPConnection

import httpx2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_lib.customer.request import PredictRequest
from churn_lib.score.scorecard import scorecard
from functions.app import MANY_CUSTOMERS
from functions.server.limits import MOST_BYTES
from tests import raw
from tests.bench.bench_written import gemini
from tests.churn_lib.gemini.writing import KEY
from tests.customers import Row, customers, random_customer
from tests.serving import Served, serve, until

Answer = dict[str, object]

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
SHARED_CLIENT = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def answers(response: httpx2.Response) -> list[Answer]:
    """The lines of an answer but the last one, which is checked."""
    *lines, last = map(json.loads, response.text.splitlines())
    rejected = sum("status" in line for line in lines)
    assert response.headers["content-type"] == "application/x-ndjson"
    assert last == {"done": True, "rows": len(lines), "rejected": rejected}
    return lines


def without_line(answer: Answer) -> Answer:
    """As in an array, where there are no lines."""
    return {name: value for name, value in answer.items() if name != "line"}


def ndjson(rows: Sequence[object]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@SHARED_CLIENT
@given(rows=st.lists(customers() | st.none() | st.just({"tenure": 1}), max_size=5))
def test_an_array_and_lines_get_the_same_answers_as_one_by_one(
    client: httpx2.Client, rows: list[Row | None]
) -> None:
    lines = answers(client.post("/predict/batch", json=rows))
    by_line = answers(client.post("/predict/batch", content=ndjson(rows), headers=NDJSON))
    assert [without_line(line) for line in by_line] == lines
    for number, (row, line) in enumerate(zip(rows, lines, strict=True), start=1):
        alone = client.post("/predict?offer=none", content=json.dumps(row), headers=JSON)
        if alone.status_code == 200:
            assert line == {name: alone.json()[name] for name in ("churn_probability", "risk")}
        else:
            assert line == {
                "row": number,
                "status": alone.status_code,
                "errors": alone.json()["errors"],
            }


def test_thousands_of_rows_come_back_in_order(client: httpx2.Client) -> None:
    rng, card = np.random.default_rng(3), scorecard()
    rows = [{**random_customer(rng), "customerID": f"made-up-{number}"} for number in range(5000)]
    lines = answers(client.post("/predict/batch", content=ndjson(rows), headers=NDJSON))
    assert [line["customerID"] for line in lines] == [row["customerID"] for row in rows]
    expected = [card.score(PredictRequest.model_validate(row)).probability for row in rows]
    assert [line["churn_probability"] for line in lines] == expected


def test_a_line_that_is_no_json_answers_in_its_place(
    client: httpx2.Client, example: Answer
) -> None:
    good = json.dumps(example).encode()
    body = b"\n".join([good, b"{", b"", b'{"a": 1, "a": 2}', b"\xff", good + b"\r", b"  ", good])
    lines = answers(client.post("/predict/batch", content=body, headers=NDJSON))
    assert [line.get("status", 200) for line in lines] == [200, 400, 400, 400, 200, 200]
    assert [line["row"] for line in lines if "row" in line] == [2, 3, 4]
    assert [line["line"] for line in lines if "line" in line] == [2, 4, 5]


def test_a_row_that_is_rejected_keeps_its_name_where_that_is_one(
    client: httpx2.Client, example: Answer
) -> None:
    names = ["7590-VHVEG", "é", 7, 7.5, True, "a\nb", "x" * 101, 1e300, None]
    rows = [{**example, "customerID": name, "tenure": -1} for name in names]
    by_line = client.post("/predict/batch", content=ndjson(rows), headers=NDJSON)
    for query in ("", "?offer=template"):
        lines = answers(client.post(f"/predict/batch{query}", json=rows))
        assert [without_line(line) for line in answers(by_line)] == lines
        assert [line.get("customerID") for line in lines] == ["7590-VHVEG", "é", "7", *[None] * 6]
        assert all(line["errors"] for line in lines)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[{]",
        b"\xff",
        b"[][]",
        b'[{"a": 1, "a": 2}]',
        b'[{"a": ":"}, {"b": [{"a": 1, "a": 2}]}, 0]',
        b'{"a": [], "a": []}',
    ],
)
def test_an_array_that_is_malformed_is_400_as_a_whole(client: httpx2.Client, body: bytes) -> None:
    response = client.post(
        "/predict/batch", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


def test_one_object_is_no_array(client: httpx2.Client, example: Answer) -> None:
    response = client.post("/predict/batch", json=example)
    assert response.status_code == 422
    assert "must be a JSON array, or lines of JSON sent as application/x-ndjson" in response.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" + b"0," * 5000 + b"0]", "json"),
        (b"0\n" * 5000 + b"0", "x-ndjson"),
        (b"0\n\n" * 5001, "x-ndjson"),
    ],
)
def test_more_rows_than_allowed_are_refused_at_once(
    client: httpx2.Client, body: bytes, kind: str
) -> None:
    response = client.post(
        "/predict/batch", content=body, headers={"Content-Type": f"application/{kind}"}
    )
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"field": "(body)", "message": "must hold at most 5000 rows"}
    ]


def test_blank_lines_are_no_rows(client: httpx2.Client, example: Answer) -> None:
    body = b"\n \r\n".join([b"", *[json.dumps(example).encode()] * 5000, b"\n" * 100_000])
    assert len(answers(client.post("/predict/batch", content=body, headers=NDJSON))) == 5000


def test_brackets_in_texts_are_no_brackets(client: httpx2.Client, example: Answer) -> None:
    rows = [{**example, "customerID": "[" * 50 + '{"{:' * 12}] * 4500
    for content, headers in ((json.dumps(rows).encode(), JSON), (ndjson(rows), NDJSON)):
        found = answers(client.post("/predict/batch", content=content, headers=headers))
        assert {line["customerID"] for line in found} == {rows[0]["customerID"]}


def test_a_row_that_is_larger_than_a_request_may_be_is_refused_in_its_place(
    client: httpx2.Client, example: Answer
) -> None:
    rows = [example, {f"k{number}": ":" for number in range(100_000)}, example]
    found = answers(client.post("/predict/batch", json=rows))
    lines = answers(client.post("/predict/batch", content=ndjson(rows), headers=NDJSON))
    fault = {"field": "(body)", "message": "must be at most 65536 bytes"}
    assert found[1] == {"row": 2, "status": 422, "errors": [fault]}
    assert lines == [found[0], {"row": 2, "line": 2, **found[1]}, *found[2:]]
    assert "churn_probability" in found[2]


def test_a_batch_beyond_the_bytes_in_flight_is_refused_at_once_and_one_customer_is_not(
    served: Served, example: Answer
) -> None:
    size = b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % MANY_CUSTOMERS
    asking = b"POST /predict/batch HTTP/1.1\r\n" + raw.HOST + raw.JSON + size
    with ExitStack() as stack:
        held = [
            stack.enter_context(raw.sending(served.port, asking))
            for _ in range(MOST_BYTES // MANY_CUSTOMERS)
        ]
        assert {reply.status for stream in held for reply in raw.replies(stream)} == {100}
        (refused,) = raw.talk(served.port, asking)
        assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        (alone,) = raw.talk(served.port, raw.request(json.dumps(example).encode()))
        assert alone.status == 200
    assert until(lambda: raw.talk(served.port, asking)[0].status == 100)


def test_no_rows_are_an_answer_too(client: httpx2.Client) -> None:
    assert answers(client.post("/predict/batch", json=[])) == []
    assert answers(client.post("/predict/batch", content=b"", headers=NDJSON)) == []


def test_reasons_come_when_asked_for_and_are_those_of_one_by_one(
    client: httpx2.Client, example: Answer
) -> None:
    (line, wrong) = answers(client.post("/predict/batch?reasons=true", json=[example, {}]))
    assert line["reasons"] == client.post("/predict?offer=none", json=example).json()["reasons"]
    score = {"churn_probability", "risk"}
    assert set(line) == score | {"average_probability", "other_effects", "reasons"}
    assert wrong["status"] == 422


def test_an_offer_that_is_asked_for_comes_with_all_keys_of_predict(
    client: httpx2.Client, example: Answer
) -> None:
    alone = client.post("/predict?offer=template", json=example).json()
    lines = answers(
        client.post("/predict/batch?offer=template", json=[example, {}, *[example] * 20])
    )
    assert lines[1]["status"] == 422
    for line in [lines[0], *lines[2:]]:
        assert {**line, "metadata": None} == {**alone, "metadata": None}


def test_a_decision_in_brief_is_that_of_predict_without_words(
    client: httpx2.Client, example: Answer
) -> None:
    loyal = {**example, "context": {"consent": False}}
    rows = [example, {}, loyal, {**example, "context": {"channel": "sms"}}]
    found, wrong, none, by_sms = answers(client.post("/predict/batch?offer=decide", json=rows))
    alone = client.post("/predict?offer=template", json=example).json()["offer"]
    money = {name: alone["economics"][name] for name in ("expected_value", "one_in", "value")}
    named = {name: alone[name] for name in ("id", "name", "kind", "why")}
    assert found["offer"] == {**named, **money}
    assert set(found) == {"churn_probability", "risk", "offer"}
    refused = client.post("/predict?offer=template", json=loyal).json()["offer"]
    assert none["offer"] == {"id": None, "why": refused["why"]}
    assert wrong["status"] == 422
    assert isinstance(by_sms["offer"], dict)
    assert by_sms["offer"]["expected_value"] < money["expected_value"] or by_sms["offer"]["id"]


def test_a_decision_in_brief_may_have_its_reasons(client: httpx2.Client, example: Answer) -> None:
    both = client.post("/predict/batch?offer=decide&reasons=true", json=[example])
    (line,) = answers(both)
    assert line["reasons"] == client.post("/predict?offer=none", json=example).json()["reasons"]


def test_a_decision_in_brief_is_none_for_the_log(served: Served, example: Answer) -> None:
    with httpx2.Client(base_url=served.url, trust_env=False, timeout=60) as client:
        client.post("/predict/batch?offer=decide", json=[example] * 20)
        client.get("/health")  # once that is answered, the lines of what came before are written
        before = served.printed().count('"event":"decision"')
        client.post("/predict/batch?offer=decide", json=[example] * 20)
        client.post("/predict?offer=none", json=example)
        client.get("/health")
        assert served.printed().count('"event":"decision"') == before + 1


def test_without_a_key_every_row_says_why_its_offer_is_a_template(
    client: httpx2.Client, example: Answer
) -> None:
    (line,) = answers(client.post("/predict/batch?offer=gemini", json=[example]))
    assert isinstance(line["offer"], dict)
    assert (line["offer"]["written_by"], line["offer"]["fallback_reason"]) == ("template", "no_key")


def test_no_value_that_was_sent_is_repeated_for_a_bad_row(
    client: httpx2.Client, example: Answer
) -> None:
    rows = [{**example, "canary4711@x": 1}, {**example, "gender": "canary4711"}, "canary4711"]
    text = (
        client.post("/predict/batch", json=rows).text
        + client.post("/predict/batch", content=b"canary4711\n").text
    )
    assert text
    assert "canary4711" not in text


def test_a_caller_who_leaves_in_the_middle_disturbs_nobody(served: Served, example: Answer) -> None:
    body = json.dumps([example] * 2000)
    caller = HTTPConnection("127.0.0.1", served.port, timeout=30)
    caller.request(
        "POST", "/predict/batch?offer=template", body, {"Content-Type": "application/json"}
    )
    assert caller.getresponse().read(10)
    caller.sock.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
    )  # resets instead of closing
    caller.close()
    assert httpx2.get(f"{served.url}/health", trust_env=False).status_code == 200
    assert "Traceback" not in served.printed()


def test_what_gemini_has_not_written_in_time_is_a_labelled_template(example: Row) -> None:
    variables = {"GEMINI_API_KEY": KEY, "GEMINI_DEADLINE": "0.3"}
    with gemini(delay=5.0) as slow, serve({**variables, "GEMINI_BASE_URL": slow}) as server:
        url = f"{server.url}/predict/batch?offer=gemini"
        (answered,) = answers(httpx2.post(url, json=[example], trust_env=False, timeout=30))
    offer = answered["offer"]
    assert isinstance(offer, dict)
    assert (offer["written_by"], offer["fallback_reason"]) == ("template", "timeout")
    assert set(answered) >= {"churn_probability", "reasons", "metadata"}
