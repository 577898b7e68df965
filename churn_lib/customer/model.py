"""One customer: the 19 attributes of the IBM Telco sample, and the only place that defines them.

Command-line options, the training columns, request validation, reasons and documents are all
derived from `Customer` and the `Attribute` notes on its fields.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeVar, get_args, get_origin

from annotated_types import Interval
from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from churn_lib.customer.attribute import Attribute, add_on, has
from churn_lib.errors import FieldFault

YesNo = Literal["Yes", "No"]
AddOn = Literal["Yes", "No", "No internet service"]
Total = Annotated[float, Interval(ge=0, le=12_000_000)]


def integral(value: object) -> object:
    """JSON has one kind of number, so 12.0 is the integer 12; but `true` is not the integer 1."""
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Customer(BaseModel):
    """One customer, checked.

    Strict: numbers are numbers and names and levels are spelled as published; `reading` puts all
    else into that form. A plain `No` where the published file says `No internet service` or `No
    phone service` is taken as that; contradictions are refused.
    """

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    gender: Annotated[
        Literal["Female", "Male"],
        Attribute(
            label="Gender", phrases={"Female": "is a woman", "Male": "is a man"}, protected=True
        ),
    ]
    SeniorCitizen: Annotated[
        Literal[0, 1],
        BeforeValidator(integral),
        Attribute(
            label="Senior citizen", phrases={0: "is not a senior", 1: "is a senior"}, protected=True
        ),
    ]
    Partner: Annotated[
        YesNo, Attribute(label="Partner", phrases=has("a partner", "partner"), protected=True)
    ]
    Dependents: Annotated[
        YesNo,
        Attribute(label="Dependents", phrases=has("dependents", "dependents"), protected=True),
    ]
    tenure: Annotated[
        int,
        Interval(ge=0, le=1200),
        BeforeValidator(integral),
        Attribute(
            label="Tenure",
            unit="months",
            shown="month {:.0f}",
            phrases={
                0: "is a new customer",
                12: "has been a customer for a short time",
                24: "has been a customer for some time",
                48: "has been a customer for a long time",
            },
        ),
    ]
    PhoneService: Annotated[
        YesNo,
        Attribute(label="Phone service", phrases=has("phone service", "phone service")),
    ]
    MultipleLines: Annotated[
        Literal["Yes", "No", "No phone service"],
        Attribute(
            label="Multiple lines",
            phrases={
                "Yes": "has several phone lines",
                "No": "has a single phone line",
                "No phone service": "has no phone service",
            },
        ),
    ]
    InternetService: Annotated[
        Literal["DSL", "Fiber optic", "No"],
        Attribute(
            label="Internet service",
            phrases={
                "DSL": "has DSL internet",
                "Fiber optic": "has fibre internet",
                "No": "has no internet service",
            },
        ),
    ]
    OnlineSecurity: Annotated[
        AddOn, Attribute(label="Online security", phrases=add_on("online security"))
    ]
    OnlineBackup: Annotated[
        AddOn, Attribute(label="Online backup", phrases=add_on("online backup"))
    ]
    DeviceProtection: Annotated[
        AddOn, Attribute(label="Device protection", phrases=add_on("device protection"))
    ]
    TechSupport: Annotated[AddOn, Attribute(label="Tech support", phrases=add_on("tech support"))]
    StreamingTV: Annotated[AddOn, Attribute(label="Streaming TV", phrases=add_on("streaming TV"))]
    StreamingMovies: Annotated[
        AddOn, Attribute(label="Streaming movies", phrases=add_on("streaming movies"))
    ]
    Contract: Annotated[
        Literal["Month-to-month", "One year", "Two year"],
        Attribute(
            label="Contract",
            phrases={
                "Month-to-month": "pays month to month",
                "One year": "has a yearly contract",
                "Two year": "has a two-year contract",
            },
        ),
    ]
    PaperlessBilling: Annotated[
        YesNo,
        Attribute(
            label="Paperless billing",
            phrases={"Yes": "gets bills online", "No": "gets bills on paper"},
        ),
    ]
    PaymentMethod: Annotated[
        Literal[
            "Electronic check",
            "Mailed check",
            "Bank transfer (automatic)",
            "Credit card (automatic)",
        ],
        Attribute(
            label="Payment method",
            phrases={
                "Electronic check": "pays by electronic check",
                "Mailed check": "pays by mailed check",
                "Bank transfer (automatic)": "pays by automatic bank transfer",
                "Credit card (automatic)": "pays by automatic credit card",
            },
        ),
    ]
    MonthlyCharges: Annotated[
        float,
        Interval(ge=0, le=10_000),
        Attribute(
            label="Monthly charges",
            unit="currency per month",
            shown="{:,.2f} a month",
            phrases={
                0: "has a low monthly bill",
                45: "has a medium monthly bill",
                80: "has a high monthly bill",
            },
        ),
    ]
    TotalCharges: Annotated[
        Total | None,
        Attribute(
            label="Total charges",
            unit="currency",
            shown="{:,.2f} in all",
            phrases={
                0: "has paid little so far",
                1500: "has paid a fair sum so far",
                4000: "has paid a lot so far",
            },
        ),
    ] = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        values = self.__dict__
        contradictions = []
        for name, (parent, absent) in ABSENT.items():
            if values[parent] == "No":
                if values[name] == "Yes":
                    contradictions.append(FieldFault(name, f"can't be 'Yes' when {parent} is 'No'"))
                values[name] = absent
            elif values[name] == absent:
                contradictions.append(
                    FieldFault(name, f"can't be '{absent}' unless {parent} is 'No'")
                )
        if contradictions:
            raise PydanticCustomError(
                "contradiction", "values contradict each other", {"faults": contradictions}
            )
        if self.TotalCharges is None:
            values["TotalCharges"] = self.tenure * self.bill
        return self

    @property
    def bill(self) -> float:
        """What the customer pays a month."""
        return self.MonthlyCharges

    def values(self) -> dict[str, str | float]:
        """The checked values by published name; a total that was left out is worked out."""
        return {name: self.__dict__[name] for name in ATTRIBUTES}


Note = TypeVar("Note")


def _note(name: str, kind: type[Note]) -> Note:
    """The note of this kind on a field, or on the number inside an optional one."""
    info = Customer.model_fields[name]
    nested = [
        note for part in get_args(info.annotation) for note in getattr(part, "__metadata__", ())
    ]
    return next(note for note in [*info.metadata, *nested] if isinstance(note, kind))


ATTRIBUTES: Mapping[str, Attribute] = {
    name: _note(name, Attribute) for name in Customer.model_fields
}
"""The 19 attributes in published order."""

FEATURES: tuple[str, ...] = tuple(name for name, note in ATTRIBUTES.items() if not note.protected)
"""The 15 attributes that the score uses: all but the protected ones."""

LEVELS: Mapping[str, tuple[str | int, ...]] = {
    name: get_args(info.annotation)
    for name, info in Customer.model_fields.items()
    if get_origin(info.annotation) is Literal
}
"""The closed set of each categorical attribute."""

RANGES: Mapping[str, Interval] = {
    name: _note(name, Interval) for name in ATTRIBUTES if name not in LEVELS
}
"""Lowest and highest allowed value of each numeric attribute."""

_BANDS = {
    name: [(float(bound), text) for bound, text in ATTRIBUTES[name].phrases.items()][::-1]
    for name in RANGES
}

ABSENT: Mapping[str, tuple[str, str]] = {
    name: (parent, absent)
    for parent, absent in (
        ("PhoneService", "No phone service"),
        ("InternetService", "No internet service"),
    )
    for name in LEVELS
    if absent in LEVELS[name]
}
"""For each service that needs another one: that other one, and the level that says it is absent."""


def example(**changes: object) -> Customer:
    """A plain customer with these values.

    The rest are the first levels, no service that needs another one, and the numbers at which the
    second band of each begins.
    """
    levels = {name: "No" if name in ABSENT else LEVELS[name][0] for name in LEVELS}
    bills = [name for name in RANGES if Customer.model_fields[name].is_required()]
    numbers = {name: _BANDS[name][-2][0] for name in bills}
    return Customer.model_validate({**levels, **numbers, **changes})


def allowed(name: str) -> str:
    """What a field accepts, as the end of a sentence."""
    if name in LEVELS:
        return "one of " + ", ".join(repr(level) for level in LEVELS[name])
    bounds = RANGES[name]
    kind = "a whole number" if Customer.model_fields[name].annotation is int else "a number"
    return f"{kind} from {bounds.ge} to {bounds.le} ({ATTRIBUTES[name].unit})"


def phrase(name: str, value: str | float) -> str:
    """What to say of a customer with this value, without any number: "is a new customer"."""
    if name in LEVELS:
        return ATTRIBUTES[name].phrases[value]
    return next(text for bound, text in _BANDS[name] if bound <= float(value))


def describe(name: str, value: str | float) -> str:
    """`phrase` with the number, where there is one: "is a new customer (month 2)"."""
    shown = ATTRIBUTES[name].shown
    return f"{phrase(name, value)} ({shown.format(value)})" if shown else phrase(name, value)
