"""The reasons in an answer, in their own names: only documents and types need them."""

from typing import Annotated

from pydantic import Field, JsonValue
from typing_extensions import TypedDict

from churn_lib.customer.model import FEATURES, SCHEMA, may_lack, phrase
from churn_lib.customer.shown import shown_level, shown_number, shown_value


def _null_where_possible(schema: dict[str, JsonValue]) -> None:
    """No value is null where every attribute is always known."""
    kinds = schema["anyOf"]
    if isinstance(kinds, list) and not any(map(may_lack, FEATURES)):
        schema["anyOf"] = [kind for kind in kinds if kind != {"type": "null"}]


class Reason(TypedDict):
    """One effect in plain words."""

    feature: Annotated[
        str,
        Field(description="the attribute, or both of a pair, joined", examples=[shown_level()]),
    ]
    value: Annotated[
        str | float | None,
        Field(
            description="the customer's own",
            examples=[shown_value()],
            json_schema_extra=_null_where_possible,
        ),
    ]
    effect: Annotated[
        float,
        Field(
            description="log-odds compared with the average customer: above 0, leaving is likelier",
            examples=[0.75],
        ),
    ]
    text: Annotated[
        str,
        Field(
            description="follows `This customer ...`",
            examples=[phrase(shown_level(), shown_value())],
        ),
    ]


class Cause(Reason):
    """A reason with the attributes that it is about, which answers show joined."""

    features: tuple[str, ...]


class Outside(TypedDict, total=False):
    """Where the training data end."""

    outside_training: Annotated[
        list[str],
        Field(
            description="numbers below or above all that the score was trained on, which "
            "counts them as the nearest that it knows; left out when there is none",
            examples=[[SCHEMA.bill if isinstance(SCHEMA.bill, str) else shown_number()]],
        ),
    ]


class Explanation(Outside):
    """What stands behind a probability: from the average customer by all effects to this one."""

    average_probability: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="of the average customer: where all effects are 0",
            examples=[0.2],
        ),
    ]
    other_effects: Annotated[
        float,
        Field(
            description="log-odds: the sum of all effects that `reasons` do not list",
            examples=[0.1],
        ),
    ]
    reasons: Annotated[
        list[Reason],
        Field(description="the strongest effects, at most three each way, strongest first"),
    ]
