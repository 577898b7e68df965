"""What Gemini can be asked: for a draft, or for what a draft says beyond the facts."""

from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar

from churn_lib.gemini import judge, prompt, reply

Result = TypeVar("Result")


class Question(NamedTuple, Generic[Result]):
    """Both parts of a prompt, the JSON schema of the answer, and how its body is read.

    read: raises WriterError.
    """

    system: str
    contents: str
    schema: Mapping[str, object]
    read: Callable[[str], Result]


def draft(brief: prompt.Brief, complaint: str | None = None) -> Question[prompt.Draft]:
    """Raises WriterError `bad_request` when a part is not from its closed set."""
    contents = prompt.prompt(brief, complaint)
    return Question(prompt.SYSTEM, contents, prompt.DRAFT_SCHEMA, reply.draft)


def judgement(facts: judge.Facts, text: prompt.Draft) -> Question[judge.Judgement]:
    contents = judge.comparison(facts, text)
    return Question(judge.SYSTEM, contents, judge.JUDGEMENT_SCHEMA, reply.judgement)
