"""Gemini writes the texts that are missing: guarded, judged, saved one by one, within a budget."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from churn_lib.settings import GeminiSettings, read_settings
from churn_lib.words.authoring import AT_ONCE, MOST_FAILURES, Author, Done, missing
from churn_lib.words.texts import TEXTS, Bank, Key, read
from churn_lib.words.wanted import wanted
from tests.churn_lib.gemini.writing import variables
from tests.churn_lib.words.banked import DESK, KEY, OTHER, TODAY, stored
from tests.fakes.gemini import FakeGemini
from tests.fakes.scenarios import Exchange
from tests.fakes.texts import is_judged

pytestmark = pytest.mark.anyio

ENOUGH = 1000


def settings(gemini: FakeGemini, **more: object) -> GeminiSettings:
    return read_settings(variables(gemini.url, gemini_deadline=8.5, **more))


class Result:
    """What came of a run: each text as it was told, and why the rest was left."""

    def __init__(self, author: Author) -> None:
        self.author = author
        self.done: list[Done] = []

    @property
    def failed(self) -> list[str]:
        return [done.failed.reason for done in self.done if done.failed]

    @property
    def stopped(self) -> str | None:
        return self.author.stopped.reason if self.author.stopped else None


async def written(
    gemini: FakeGemini, folder: Path, keys: Sequence[Key], *, calls: int = ENOUGH, **more: object
) -> Result:
    path = folder / TEXTS
    result = Result(Author(DESK, settings(gemini, **more), calls, path))
    bank = read(path)
    await result.author.write(list(missing(keys, bank, DESK)), bank, result.done.append)
    return result


def judged(gemini: FakeGemini) -> list[bool]:
    """Of each call, whether it was for a judgement."""
    return [is_judged(call.prompt) for call in gemini.calls]


async def test_a_text_is_written_judged_and_saved(tmp_path: Path) -> None:
    async with FakeGemini() as gemini:
        result = await written(gemini, tmp_path, [KEY])
    saved = read(tmp_path / TEXTS).texts[KEY]
    assert (saved, result.stopped) == (result.done[0].text, None)
    assert (saved.status, saved.claims, saved.edited) == ("written", (), False)
    assert (saved.day, saved.model) == (TODAY, "gemini-3.5-flash-lite")
    assert judged(gemini) == [False, True]


async def test_the_prompt_has_exactly_the_one_reason(tmp_path: Path) -> None:
    async with FakeGemini() as gemini:
        await written(gemini, tmp_path, [KEY, KEY._replace(reason="")])
    known = [line for call in gemini.calls for line in call.prompt.split("\n") if "Known" in line]
    assert sorted(known) == [
        "Known of the customer: nothing",
        "Known of the customer: pays month to month",
    ]


async def test_what_the_judge_finds_is_the_remark(tmp_path: Path) -> None:
    async with FakeGemini("doubts") as gemini:
        await written(gemini, tmp_path, [KEY])
    assert read(tmp_path / TEXTS).texts[KEY].claims == ("We have an offer for you",)


async def test_the_judge_gets_the_facts_and_the_text_and_nothing_of_a_customer(
    tmp_path: Path,
) -> None:
    async with FakeGemini() as gemini:
        result = await written(gemini, tmp_path, [KEY])
    asked, saved = gemini.calls[1], result.done[0].text
    assert saved
    assert saved.text.message in asked.prompt
    assert f"Fact: {DESK.offers[KEY.offer].texts['en'].message}" in asked.prompt
    assert KEY.reason not in asked.prompt
    assert not any(letter.isdigit() for letter in asked.prompt)
    schema = asked.body["generationConfig"]["responseJsonSchema"]
    assert schema["required"] == ["claims"]


async def test_a_lie_is_repaired_once_and_a_second_one_is_not_saved(tmp_path: Path) -> None:
    async with FakeGemini(script=["lies", "ok", "ok"]) as gemini:
        repaired = await written(gemini, tmp_path, [KEY])
    async with FakeGemini("lies") as gemini:
        lied = await written(gemini, tmp_path, [OTHER])
    assert (repaired.failed, lied.failed, lied.stopped) == ([], ["guard"], None)
    assert set(read(tmp_path / TEXTS).texts) == {KEY}


async def test_a_text_whose_judge_does_not_answer_is_kept_and_judged_the_next_time(
    tmp_path: Path,
) -> None:
    async with FakeGemini(script=["ok", "html"]) as gemini:
        first = await written(gemini, tmp_path, [KEY])
        unjudged = read(tmp_path / TEXTS).texts[KEY]
        await written(gemini, tmp_path, [KEY])
    assert (first.failed, unjudged.claims) == (["bad_answer"], None)
    assert read(tmp_path / TEXTS).texts[KEY].claims == ()
    assert judged(gemini) == [False, True, True]


async def test_the_budget_counts_every_call_and_the_next_run_goes_on(tmp_path: Path) -> None:
    keys = [key for key in wanted(DESK.catalogue, TODAY) if key[1:4] == KEY[1:4]][:6]
    async with FakeGemini() as gemini:
        first = await written(gemini, tmp_path, keys, calls=5)
        spent = len(gemini.calls)
        await written(gemini, tmp_path, keys)
    assert (spent, first.stopped) == (5, "budget")
    assert set(read(tmp_path / TEXTS).texts) == set(keys)


async def test_a_retry_is_a_call_of_the_budget_too(tmp_path: Path) -> None:
    async with FakeGemini(script=["503"]) as gemini:
        result = await written(gemini, tmp_path, [KEY], calls=2)
    assert (len(gemini.calls), result.stopped) == (2, "budget")


async def test_what_no_other_text_escapes_ends_it_all(tmp_path: Path) -> None:
    keys = list(wanted(DESK.catalogue, TODAY))
    async with FakeGemini("403") as gemini:
        result = await written(gemini, tmp_path, keys)
    assert result.stopped == "refused_key"
    assert len(result.done) <= AT_ONCE


async def test_after_many_failures_in_a_row_the_rest_is_left_alone(tmp_path: Path) -> None:
    keys = list(wanted(DESK.catalogue, TODAY))
    async with FakeGemini("safety") as gemini:
        result = await written(gemini, tmp_path, keys)
    assert result.stopped == "blocked"
    assert MOST_FAILURES <= len(result.done) < MOST_FAILURES + AT_ONCE


async def test_a_limit_of_geminis_is_waited_for(tmp_path: Path) -> None:
    async with FakeGemini(script=["429_now", "429_now"]) as gemini:
        result = await written(gemini, tmp_path, [KEY])
    assert result.failed == []
    assert len(gemini.calls) == 4


class Counting(FakeGemini):
    """Counts the calls that are in flight, and keeps the first ones until four are."""

    def __init__(self) -> None:
        super().__init__()
        self.in_flight = self.most = 0
        self._full = asyncio.Event()

    async def _generate(self, exchange: Exchange) -> None:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        if self.in_flight == AT_ONCE:
            self._full.set()
        await self._full.wait()
        await super()._generate(exchange)
        self.in_flight -= 1


async def test_four_texts_are_written_at_once(tmp_path: Path) -> None:
    keys = [key for key in wanted(DESK.catalogue, TODAY) if key[1:4] == KEY[1:4]]
    async with Counting() as gemini:
        result = await written(gemini, tmp_path, keys)
    assert (len(result.done), gemini.most) == (len(keys), AT_ONCE)


def test_what_a_person_decided_is_not_written_again_unless_it_was_refused() -> None:
    for status, again in (("approved", []), ("written", []), ("rejected", [KEY])):
        text = stored().model_copy(update={"status": status})
        assert list(missing([KEY], Bank({KEY: text}), DESK)) == again
    stale = stored(status="approved").model_copy(update={"offer_digest": "0" * 16})
    assert list(missing([KEY], Bank({KEY: stale}), DESK)) == [KEY]
