"""The text of JSON is bounded before it is parsed, and has no key twice."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.json_text import LONG, MOST, read_json
from churn_lib.errors import InputError, MalformedError

BRACKETS, VALUES, RUNS = MOST.values()


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "a": 2, "b" : 3}',
        '[{"b": {"a": ":", "a" : 1}}]',
        '{"a": 1, "\\u0061": 2}',
        '{"a": 1, "a": "\\u003A"}',
    ],
)
def test_the_same_key_twice_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(MalformedError, match="a: must not be given twice"):
        read_json(text.encode())


@pytest.mark.parametrize(
    "text", ['{"a": "12:00:00", "b": {"c": 1}}', '{"a" : "\\u003a"}', "[NaN, 1e999]", "{}"]
)
def test_colons_in_texts_are_no_repeated_keys(text: str) -> None:
    assert str(read_json(text.encode())) == str(json.loads(text))


@given(st.recursive(st.text() | st.integers(), lambda part: st.dictionaries(st.text(), part)))
def test_whatever_is_written_is_read_again(content: object) -> None:
    assert read_json(json.dumps(content).encode()) == content
    assert read_json(json.dumps(content, ensure_ascii=False).encode()) == content


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"{}{}", b'"\\ud800"', b"[" * 1000, b"1" * 5000]
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedError):
        read_json(text)


@pytest.mark.parametrize(
    ("piece", "most"),
    [
        (b"{},", BRACKETS),
        (b"[],", BRACKETS),
        (b'{"a":{"a":0}},', BRACKETS),
        (b"0 ,", VALUES),
        (b'"\\\\":{},', BRACKETS),
        (b"9" * LONG + b",", RUNS),
        (b"-1." + b"9" * LONG + b"e5,", RUNS),
        (b'{"a":' + b"9" * LONG + b',"b":"1"},', RUNS),
    ],
)
def test_what_would_take_long_to_read_or_write_is_refused_unread(piece: bytes, most: int) -> None:
    with pytest.raises(InputError, match=f"must hold at most {most} "):
        read_json(b"[" + piece * (most + 1) + b"0]")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 9,
        '"{',
        "\\[[",
        '\\"[',
        ':"',
        "::",
        ",,,,,,,,",
        '""[',
        "\\\\",
        "9" * LONG,
        '"' + "9" * 40,
    ],
)
def test_marks_in_texts_are_not_counted(text: str) -> None:
    texts = [text, {text: text}] * 70_000
    assert read_json(json.dumps(texts).encode()) == texts


def test_numbers_count_by_their_digits_and_not_by_what_stands_beside_them() -> None:
    numbers = [0.12345678901234567, -1.2345678901234567e-100, 10 ** (LONG - 1) - 1]
    assert read_json(json.dumps(numbers * 70_000).encode()) == numbers * 70_000
    long = b"9" * (LONG * 210)
    with pytest.raises(InputError, match=f"must hold at most {RUNS} runs of {LONG} digits"):
        read_json(b"[" + b",".join([long] * (RUNS // 210 + 1)) + b"]")
