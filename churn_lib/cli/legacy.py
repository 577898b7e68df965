"""The original's command line, `python main.py --cli --gender Female ...`, word for word."""

from churn_lib.cli import app
from churn_lib.cli.options import FIELDS, any_dash

SWITCH = "--cli"


def run(argv: list[str]) -> None:
    """Runs the original's arguments as `churn predict`, asks nothing, and exits as the command does."""
    app(arguments(argv), prog_name="main.py")


def arguments(argv: list[str]) -> list[str]:
    """The arguments of `churn predict` that say the same.

    Values of two words came without quotes in the original: the words up to the next option belong together. An
    attribute without a word is left out, to be named as missing instead of taking the next option for its value.
    """
    groups: list[list[str]] = [[]]
    for word in argv:
        if word.startswith("--"):
            groups.append([])
        groups[-1].append(word)
    joined = [_joined(group) for group in groups if group and not _is_bare(group)]
    return ["predict", "--no_input", *joined]


def _joined(group: list[str]) -> str:
    name, *words = group
    separator = " " if "=" in name or not name.startswith("--") else "="
    return separator.join([name, " ".join(words)]) if words else name


def _is_bare(group: list[str]) -> bool:
    return group == [SWITCH] or (len(group) == 1 and any_dash(group[0].removeprefix("--")) in FIELDS)
