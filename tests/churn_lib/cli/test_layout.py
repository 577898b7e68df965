import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group, RenderableType
from rich.text import Text

from churn_lib.cli.layout import bar, facts, framed, money, percent, sentence
from churn_lib.cli.terminal import Page


def printed(body: RenderableType, *, terminal: bool, width: int = 40) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, no_color=True, color_system=None
    )
    framed(console, "Title", body, "red")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_gets_a_frame() -> None:
    assert printed("words", terminal=True).startswith("╭─ Title ─")


def test_a_page_has_sections_and_tables_of_markdown() -> None:
    page = Page(file=io.StringIO(), width=40, markup=False)
    framed(page, "Title", Group(facts([("Arms", "a | b")]), Text("Mind this.")), "red")
    assert isinstance(page.file, io.StringIO)
    said = page.file.getvalue()
    assert said == "## Title\n\n| | |\n| --- | --- |\n| Arms | a \\| b |\n\nMind this.\n\n"


def test_no_line_in_a_pipe_ends_in_spaces() -> None:
    lines = printed(facts([("Terms", "10 %"), ("Why", "It pays.")]), terminal=False).splitlines()
    assert lines == ["Title", "  Terms  10 %", "  Why    It pays.", ""]


def test_a_pipe_gets_indented_lines_without_a_frame() -> None:
    assert (
        printed("some words\n\nand more", terminal=False) == "Title\n  some words\n\n  and more\n\n"
    )


def test_lines_are_broken_at_the_width_of_the_output() -> None:
    lines = printed("word " * 30, terminal=False, width=30).splitlines()
    assert max(map(len, lines)) <= 30
    assert len(lines) > 5


@given(share=st.floats(0, 1), width=st.integers(1, 200))
def test_a_bar_has_its_width_and_grows_with_the_share(share: float, width: int) -> None:
    assert len(bar(share, width)) == width
    assert bar(share, width).count("█") == round(share * width)


def test_a_bar_without_unicode_is_of_plain_characters() -> None:
    assert bar(0.5, 4, ascii_only=True) == "##.."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.004, "under 1 %"),
        (0.01, "1 %"),
        (0.65, "65 %"),
        (0.999, "over 99 %"),
        (1.0, "100 %"),
    ],
)
def test_what_is_merely_close_to_certain_is_not_called_certain(share: float, text: str) -> None:
    assert percent(share) == text


def test_money_has_a_sign_and_two_places() -> None:
    assert (money(1234.5), money(-0.125)) == ("+1,234.50", "-0.12")


@pytest.mark.parametrize(
    ("text", "shown"), [("pays online", "Pays online."), ("Done.", "Done."), ("", "")]
)
def test_a_sentence_has_a_capital_and_one_full_stop(text: str, shown: str) -> None:
    assert sentence(text) == shown
