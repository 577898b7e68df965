"""Command-line options derived from the 19 attributes and from the contact facts; none is written
down here.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import Parameter, Signature, signature
from typing import Annotated, Literal, TypeVar, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from churn_lib.customer.contact import TRUTHS, Context
from churn_lib.customer.model import ATTRIBUTES, LEVELS, RANGES, allowed
from churn_lib.customer.reading import number

Given = Mapping[str, str | bool | None]
Function = TypeVar("Function", bound=Callable[..., None])


def option(name: str) -> str:
    """The command-line spelling of a field: `StreamingTV` is `streaming_tv`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


FIELDS: Mapping[str, str] = {option(name): name for name in ATTRIBUTES}
"""The field of each attribute's option."""

OPTIONS: Mapping[str, str] = (
    {name: f"--{option(name)}" for name in ATTRIBUTES}
    | {f"context.{name}": f"--{name}" for name in Context.model_fields}
    | {"customerID": "--customer_id"}
)
"""The option of each field, under the field's name in error messages."""

NOTHING = "(nothing)"
"""An option without a value, which is refused; a total that is blank in a file is 0."""


def any_dash(name: str) -> str:
    """Options read alike with a dash and with an underscore."""
    return name.replace("-", "_")


ANY_DASH = {"token_normalize_func": any_dash}
"""The context setting that lets a command read its options so."""


def takes_fields(command: Function) -> Function:
    """The command with an option per attribute and contact fact in the place of its `**given`."""
    own = [
        part
        for part in signature(command).parameters.values()
        if part.kind is not Parameter.VAR_KEYWORD
    ]
    vars(command)["__signature__"] = Signature([*own, *_attributes(), *_contact()])
    return command


def attributes(given: Given) -> dict[str, object]:
    """The attributes among the given options, by published name, in their own types where they can
    be read.
    """
    texts = {
        FIELDS[key]: text for key, text in given.items() if key in FIELDS and isinstance(text, str)
    }
    return {name: read(name, text.strip() or NOTHING) for name, text in texts.items()}


def contact(given: Given) -> dict[str, object]:
    """The contact facts among the given options, in their own types where they can be read."""
    facts = {
        key: value
        for key, value in given.items()
        if key in Context.model_fields and value is not None
    }
    return {key: _fact(Context.model_fields[key], value) for key, value in facts.items()}


def read(name: str, text: str) -> str | float:
    """The value of an attribute from what was typed: levels in any case, numbers as numbers.

    What can't be read comes back as it is, for the schema to refuse.
    """
    if name in RANGES:
        return number(text)
    return spelled(LEVELS[name], text)


def spelled(levels: Sequence[str | int], text: str) -> str | int:
    """The one level that the text means, whatever its case and dashes; else the text as it is."""
    matches = [level for level in levels if _plain(str(level)) == _plain(text)]
    return matches[0] if len(matches) == 1 else text


def _plain(text: str) -> str:
    return " ".join(any_dash(text).replace("_", " ").casefold().split())


def _attributes() -> Iterator[Parameter]:
    for name, note in ATTRIBUTES.items():
        unused = " Checked, and not used by the score." if note.protected else ""
        text = f"{note.label}: {allowed(name)}.{unused}"
        kind = "LEVEL" if name in LEVELS else "NUMBER"
        choice = typer.Option(
            OPTIONS[name], help=text, metavar=kind, show_default=False, rich_help_panel="Customer"
        )
        yield Parameter(
            option(name),
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, choice],
        )


def _contact() -> Iterator[Parameter]:
    for name, info in Context.model_fields.items():
        if name in TRUTHS:
            yield _contact_option(name, f"--{name}/--no_{name}", bool, None)
        elif levels := _levels(info):
            yield _contact_option(name, f"--{name}", str, "|".join(levels))
        else:
            yield _contact_option(name, f"--{name}", str, "NUMBER")


def _contact_option(
    name: str, spelling: str, kind: type[bool | str], metavar: str | None
) -> Parameter:
    text = f"{Context.model_fields[name].title or name.capitalize()}."
    choice = typer.Option(
        spelling, help=text, metavar=metavar, show_default=False, rich_help_panel="Contact"
    )
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, choice]
    )


def _levels(info: FieldInfo) -> tuple[str, ...]:
    return get_args(info.annotation) if get_origin(info.annotation) is Literal else ()


def _fact(info: FieldInfo, value: str | bool) -> object:
    if isinstance(value, bool):
        return value
    return spelled(levels, value) if (levels := _levels(info)) else number(value)
