"""JSON objects in a text: found wherever they stand, at a bounded cost."""

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.gemini.wrapping import MOST, objects

ITEM = {"headline": "A {months}", "message": 'B "quoted"', "call_to_action": "C"}
TEXT = json.dumps(ITEM)
WRAPS: Sequence[Callable[[str], str]] = [
    json.dumps,
    lambda text: f"[{text}]",
    lambda text: f'{{"offer": {text}}}',
    lambda text: f"```json\n{text}\n```",
]


@given(st.text(), st.text())
def test_an_object_is_found_amid_any_words(before: str, after: str) -> None:
    assert ITEM in list(objects(before + TEXT + after))


@given(st.permutations(WRAPS[:3]))
def test_an_object_is_found_in_several_wrappings(wraps: Sequence[Callable[[str], str]]) -> None:
    text = TEXT
    for wrap in [*wraps, WRAPS[3]]:
        text = wrap(text)
    assert ITEM in list(objects(text))


@pytest.mark.parametrize(
    "text", ["", "{", '"', '"{', "{}{", "{months}", "'a': 'b'", TEXT[:-1], TEXT[:-1] + ",}"]
)
def test_what_is_no_object_is_none(text: str) -> None:
    assert [item for item in objects(text) if item] == []


@pytest.mark.parametrize("piece", ["{", '{"a":', '{"a":[', '"', '"\\', '{"a', "["])
def test_an_object_is_found_after_many_that_are_only_begun(piece: str) -> None:
    assert ITEM in list(objects(piece * (MOST - 1) + TEXT))


@pytest.mark.parametrize("piece", ["{", "{}", '{"a": "{"}'])
def test_there_is_a_most_to_what_is_looked_into(piece: str) -> None:
    assert ITEM not in list(objects(piece * MOST + TEXT))
