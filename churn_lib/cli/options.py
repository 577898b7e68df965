"""Command-line options, all derived from the attributes and from the contact facts."""

import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, Signature, signature
from typing import Annotated, Literal, TypeVar, get_args, get_origin

import typer

from churn_lib.customer.contact import TRUTHS, Context
from churn_lib.customer.languages import spoken
from churn_lib.customer.model import ATTRIBUTES, LEVELS, allowed

Given = Mapping[str, str | bool | None]
Function = TypeVar("Function", bound=Callable[..., None])


OWN = frozenset(
    {"help", "folder", "json", "source", "customer_id", "offer", "output", "explain", "no_input"}
    | {"runner_up"}
)
"""What the options and arguments of a command itself are called."""

TAKEN = OWN.union(keyword.kwlist, Context.model_fields, (f"no_{name}" for name in TRUTHS))


def option(name: str) -> str:
    """The command-line spelling of a field: `HasFiber` is `has_fiber`.

    An attribute that is called like another option is told apart: `Offer` is `customer_offer`.
    """
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return f"customer_{spelled}" if spelled in TAKEN else spelled


SPOKEN = {
    "direction": "Who called: with inbound, rules about calls of yours do not hold",
    "exclude": "Offers that the customer declined in this talk, by id",
}
"""What is to be said of parts of the contact that are no facts."""

FIELDS: Mapping[str, str] = {option(name): name for name in ATTRIBUTES}
"""The field of each attribute's option."""

OPTIONS: Mapping[str, str] = (
    {name: f"--{option(name)}" for name in ATTRIBUTES}
    | {f"context.{name}": f"--{name}" for name in Context.model_fields}
    | {"customerID": "--customer_id"}
)
"""The option of each field, under the field's name in error messages."""


NOTHING = "(nothing)"
"""An option without a value, which is refused: even a total that is not known has a blank one."""


def any_dash(name: str) -> str:
    """Options read alike with a dash and with an underscore."""
    return name.replace("-", "_")


ANY_DASH = {"token_normalize_func": any_dash}
"""The context setting that lets a command read its options so."""


def takes_fields(command: Function) -> Function:
    """The command with an option per attribute and contact fact in the place of its `**given`."""
    own = dict(signature(command).parameters)
    del own["given"]
    # Typer reads a command's options from its signature.
    vars(command)["__signature__"] = Signature([*own.values(), *_attributes(), *_contact()])
    return command


def attributes(given: Given) -> dict[str, object]:
    """The attributes among the given options, as they were typed."""
    # By the name of the option: Typer gives every option, those that were left out as None.
    texts = {name: given.get(key) for key, name in FIELDS.items()}
    return {name: text or NOTHING for name, text in texts.items() if text is not None}


def contact(given: Given) -> dict[str, object]:
    """The contact facts among the given options, as they were typed."""
    facts = {name: given.get(name) for name in Context.model_fields}
    return {name: value for name, value in facts.items() if value is not None}


def _attributes() -> Iterator[Parameter]:
    for name, note in ATTRIBUTES.items():
        unused = " Checked, and not used by the score." if note.protected else ""
        text = f"{note.label}: {allowed(name)}.{unused}"
        metavar = "LEVEL" if name in LEVELS else "NUMBER"
        yield _option(option(name), OPTIONS[name], text, metavar, "Customer")


def _contact() -> Iterator[Parameter]:
    for name, info in Context.model_fields.items():
        text = f"{SPOKEN.get(name) or info.title or name.capitalize()}."
        if name in TRUTHS:
            yield _option(name, f"--{name}/--no_{name}", text, None, "Contact", kind=bool)
        else:
            metavar = "|".join(_levels(name)) or ("ID,ID..." if name == "exclude" else "NUMBER")
            yield _option(name, f"--{name}", text, metavar, "Contact")


def _option(
    name: str,
    spelling: str,
    text: str,
    metavar: str | None,
    panel: str,
    *,
    kind: type[str | bool] = str,
) -> Parameter:
    choice = typer.Option(
        spelling, help=text, metavar=metavar, show_default=False, rich_help_panel=panel
    )
    own = Parameter(name, Parameter.KEYWORD_ONLY, default=None)
    return own.replace(annotation=Annotated[kind | None, choice])


def _levels(name: str) -> tuple[str, ...]:
    """The levels of a fact of the contact; none when it is a number or a truth."""
    if name == "language":
        return spoken.languages
    kind = Context.model_fields[name].annotation
    return get_args(kind) if get_origin(kind) is Literal else ()
