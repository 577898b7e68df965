"""The original's command line, word for word: `python main.py --cli`, an option an attribute."""

from churn_lib.cli import app
from churn_lib.cli.options import FIELDS, any_dash

SWITCH = "--cli"


def run(argv: list[str]) -> None:
    """Runs the original's arguments as `churn predict`, asks nothing, and exits as it does."""
    app(arguments(argv), prog_name="main.py")


def arguments(argv: list[str]) -> list[str]:
    """The arguments of `churn predict` that say the same.

    Values of two words came without quotes in the original: the words up to the next option belong
    together. Words that belong to no option stay what they are, to be refused.
    """
    groups: list[list[str]] = [[]]
    for word in argv:
        if word.startswith("--"):
            groups.append([])
        groups[-1].append(word)
    return ["predict", "--no_input", *(word for group in groups for word in _joined(group))]


def _joined(group: list[str]) -> list[str]:
    """The option and its value as one word; nothing of the switch, which has no value."""
    if not group or group[0] == SWITCH or not group[0].startswith("--"):
        return [word for word in group if word != SWITCH]
    name, *words = group
    # An attribute without a word gets an empty one, or it would take the next option for its value.
    if not words and any_dash(name.removeprefix("--")) not in FIELDS:
        return [name]
    return [f"{name}{' ' if '=' in name else '='}{' '.join(words)}"]
