"""`churn predict`: one customer from options, a file or questions; for people or programs."""

import asyncio
import json
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic_core import to_jsonable_python

from churn_lib.answer import OfferMode, answer, close
from churn_lib.cli import ask
from churn_lib.cli.explain import explain as show_trace
from churn_lib.cli.options import OPTIONS, attributes, contact, takes_fields
from churn_lib.cli.render import show
from churn_lib.cli.terminal import console, interactive, say
from churn_lib.customer.contact import Context
from churn_lib.customer.json_text import distinct
from churn_lib.customer.model import ATTRIBUTES, LEVELS
from churn_lib.customer.reading import meant, parse_json, published
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.shown import shown_level
from churn_lib.errors import ArtifactError, FieldFault, InputError, MalformedError
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.shape import is_made
from churn_lib.shape import Answer

Payload = Mapping[str, object]

Source = Annotated[
    str | None,
    typer.Option(
        "--json", help="A JSON object as for POST /predict, - for standard input.", metavar="FILE"
    ),
]
CustomerId = Annotated[
    str | None,
    typer.Option("--customer_id", help="Your name for the customer; comes back in the answer."),
]
Mode = Annotated[
    OfferMode | None,
    typer.Option(
        "--offer",
        help="Who writes the offer. Left out: gemini when it is configured, else template.",
    ),
]
Output = Annotated[
    Literal["text", "json"],
    typer.Option("--output", help="For people, or the function's answer as it is."),
]
Explain = Annotated[
    bool,
    typer.Option("--explain", help="Show every offer: its rules, its money, why it won or lost."),
]
RunnerUp = Annotated[
    bool, typer.Option("--runner_up", help="Show the next offer too, for after a no to the first.")
]
NoInput = Annotated[
    bool, typer.Option("--no_input", help="Never ask; name what is missing and end.")
]


@takes_fields
def predict(
    words: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    *,
    source: Source = None,
    customer_id: CustomerId = None,
    offer: Mode = None,
    output: Output = "text",
    explain: Explain = False,
    runner_up: RunnerUp = False,
    no_input: NoInput = False,
    **given: str | bool | None,
) -> None:
    """How likely one customer is to leave, why, which offer pays, and what to say.

    Options win over the JSON file. On a terminal, what is missing is asked for.
    """
    if words:
        levels = map(str, LEVELS.get(shown_level(), ()))
        two_words = next((level for level in levels if " " in level), "two words")
        quotes = f"two words need quotes: {OPTIONS[shown_level()]} '{two_words}'"
        raise InputError([FieldFault("(words)", f"belong to no option; {quotes}")])
    payload = _read(source) if source else {}
    named = {} if customer_id is None else {"customerID": customer_id}
    typed, facts = {**named, **attributes(given)}, contact(given)
    merged = meant(PredictRequest, {**payload, **typed, **_context(payload, facts)})
    # JSON from standard input is read to its end: no answers to questions can follow there.
    if interactive() and not no_input and source != "-":
        merged |= _asked(merged)
    options = {*typed, *(f"context.{name}" for name in facts)}
    request = _checked(merged, payload.keys(), options)
    found = asyncio.run(_answered(request, offer, explain=explain, runner_up=runner_up))
    if output == "json":
        _print_json(found)
    else:
        _print_text(found, offer=offer != "none", explain=explain)


def _read(source: str) -> dict[str, object]:
    """The JSON object of a file, under the names of our fields.

    Raises MalformedError when it is none, InputError when a field is given twice.
    """
    name = "standard input" if source == "-" else source
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        found = json.loads(content, object_pairs_hook=distinct)
    except OSError as error:
        raise MalformedError([FieldFault(name, f"can't be read: {error.strerror}")]) from error
    except json.JSONDecodeError as error:
        problem = f"(line {error.lineno}, column {error.colno}): {error.msg}"
        raise MalformedError([FieldFault(name, f"is not valid JSON {problem}")]) from error
    except (ValueError, RecursionError) as error:  # also of a number of thousands of digits
        raise MalformedError([FieldFault(name, "is not valid JSON in UTF-8")]) from error
    if not isinstance(found, dict):
        raise MalformedError([FieldFault(name, "must hold one JSON object")])
    return published(found, PredictRequest.model_fields)


def _context(payload: Payload, facts: Payload) -> Payload:
    """The contact facts: those of the file with those of the options over them."""
    known = payload.get("context") or {}
    if not facts or not isinstance(known, dict):
        return {}
    return {"context": {**published(known, Context.model_fields, "context."), **facts}}


def _asked(merged: Payload) -> dict[str, object]:
    terminal = console(error=True)
    given = {name: merged[name] for name in ATTRIBUTES if name in merged}
    return ask.complete(given, terminal.print, lambda: terminal.input("> "))


def _checked(merged: Payload, from_file: Set[str], options: Set[str]) -> PredictRequest:
    """The request, checked as by the function. Raises InputError, which names options or fields."""
    try:  # as JSON again, so that it is read by the rules of a request
        return parse_json(PredictRequest, json.dumps(merged))
    except InputError as error:
        faults = [_named(fault, from_file, options) for fault in error.faults]
        raise InputError(faults) from error


def _named(fault: FieldFault, from_file: Set[str], options: Set[str]) -> FieldFault:
    """The fault under the name that the user gave the value: the file's field, or the option."""
    if fault.field not in options and fault.field.split(".")[0] in from_file:
        return fault
    return fault._replace(field=OPTIONS.get(fault.field, fault.field))


async def _answered(
    request: PredictRequest, offer: OfferMode | None, *, explain: bool, runner_up: bool
) -> Answer:
    try:
        return await answer(request, offer, explain=explain, runner_up=runner_up)
    finally:
        await close()  # else the connection to Gemini would outlive its event loop


def _print_json(found: Answer) -> None:
    """One object: on one line for programs, on many for people."""
    readable = sys.stdout.isatty()
    plain = to_jsonable_python(found)
    text = json.dumps(plain, ensure_ascii=not readable, indent=2 if readable else None)
    say(*text.split("\n"))


def _print_text(found: Answer, *, offer: bool, explain: bool) -> None:
    terminal = console()
    show(found, terminal, offer=offer)
    if explain:
        made = found["offer"]
        currency = made["currency"] if is_made(made) else ""
        show_trace(made["trace"], terminal, currency, half=_generosity_half())


def _generosity_half() -> float | None:
    """The assumption behind every acceptance; None without a catalogue."""
    try:
        return catalogue().assumptions.generosity_half
    except ArtifactError:
        return None
