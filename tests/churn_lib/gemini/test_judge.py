"""What the second call is asked, and what its answers mean."""

import json

import pytest

from churn_lib.errors import WriterError
from churn_lib.gemini import judge, reply
from churn_lib.gemini.judge import Facts, comparison
from churn_lib.gemini.prompt import Draft
from tests.churn_lib.gemini.writing import Clock, writing
from tests.fakes.gemini import FakeGemini
from tests.fakes.scenarios import told

FACTS = Facts("Annual plan", ("Stay for {months}.",), ("months",), "email", "en")
DRAFT = Draft(headline="Stay", message="Stay for {months}.", call_to_action="Reply.")


def body(claims: object) -> str:
    return json.dumps(told(json.dumps({"claims": claims})))


def test_the_question_holds_the_facts_and_the_text() -> None:
    asked = comparison(FACTS, DRAFT).split("\n")
    assert "Slots: {months} (how long the offer lasts)" in asked
    assert asked[-5:] == ["", "The text:", DRAFT.headline, DRAFT.message, DRAFT.call_to_action]
    assert not any(letter.isdigit() for letter in comparison(FACTS, DRAFT) + judge.SYSTEM)


def test_a_bare_quantity_is_not_handed_to_the_judge_either() -> None:
    with pytest.raises(WriterError, match="bad_request: the brief's slots"):
        comparison(FACTS._replace(slots=("months", "percent")), DRAFT)


@pytest.mark.parametrize("claims", [[], ["It is nice."], ["a"] * judge.MOST_CLAIMS])
def test_an_answer_lists_the_claims(claims: list[str]) -> None:
    assert reply.judgement(body(claims)).claims == tuple(claims)


@pytest.mark.parametrize(
    "claims", [None, "none", [1], [""], ["a"] * (judge.MOST_CLAIMS + 1), ["a" * 501]]
)
def test_any_other_answer_is_none(claims: object) -> None:
    with pytest.raises(WriterError, match="bad_answer"):
        reply.judgement(body(claims))


def test_a_draft_is_no_judgement_and_a_judgement_is_no_draft() -> None:
    with pytest.raises(WriterError):
        reply.judgement(json.dumps(told(DRAFT.model_dump_json())))
    with pytest.raises(WriterError):
        reply.draft(body([]))


@pytest.mark.anyio
@pytest.mark.parametrize(("scenario", "reason"), [("403", "refused_key"), ("safety", "blocked")])
async def test_a_judge_fails_as_a_writer_does(scenario: str, reason: str) -> None:
    async with FakeGemini(scenario) as gemini, writing(gemini, Clock()) as writer:
        await writer.client()
        with pytest.raises(WriterError) as caught:
            await writer.judge(FACTS, DRAFT, deadline=5)
    assert caught.value.reason == reason
