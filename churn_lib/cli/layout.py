"""Frames, bars and numbers for people: in 80 columns, without colour, and in a pipe too."""

from collections.abc import Collection, Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from churn_lib.cli.terminal import Page

WIDEST = 100
"""Lines longer than this are hard to read, however wide the terminal is."""


def framed(console: Console, title: str, body: RenderableType, colour: str) -> None:
    """Prints the body below its title: in a frame on a terminal, as a section of a page, else as
    plain indented lines.
    """
    if isinstance(console, Page):
        console.out("\n".join([f"## {title}", "", *_markdown(body)]))
        return
    width = min(console.width, WIDEST)
    if console.is_terminal:
        head = Text(title, style="bold")
        console.print(Panel(body, title=head, title_align="left", border_style=colour, width=width))
        return
    # Rich would fill each line with spaces to its end, which nobody wants in a file.
    lines = console.render_lines(body, console.options.update_width(width - 2), pad=False)
    texts = ["".join(segment.text for segment in line).rstrip() for line in lines]
    console.out("\n".join([title, *(f"  {text}".rstrip() for text in texts), ""]))


def _markdown(body: RenderableType) -> Iterator[str]:
    """Lines of Markdown: tables as tables, all else as paragraphs."""
    if isinstance(body, Group):
        for part in body.renderables:
            yield from _markdown(part)
        return
    if isinstance(body, Table):
        cells = [
            [str(cell).strip().replace("|", "\\|") for cell in one.cells] for one in body.columns
        ]
        rows = [f"| {' | '.join(row)} |" for row in zip(*cells, strict=True)]
        yield from (f"|{' |' * len(cells)}", f"|{' --- |' * len(cells)}", *rows, "")
        return
    yield from (str(body).strip(), "")


def columns() -> Table:
    """An empty table of aligned columns, with no lines between them."""
    return Table.grid(padding=(0, 2, 0, 0))


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """Labels and what belongs to them, in two columns."""
    table = columns()
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for label, text in pairs:
        table.add_row(label, text)
    return table


def bar(share: float, width: int, *, ascii_only: bool = False) -> str:
    """A share from 0 to 1 as a bar of this many characters."""
    full, empty = ("#", ".") if ascii_only else ("█", "░")
    filled = round(share * width)
    return full * filled + empty * (width - filled)


def span(
    ends: tuple[float, float],
    middle: float,
    scale: Collection[float],
    width: int,
    *,
    ascii_only: bool = False,
) -> str:
    """An interval and its middle within the lowest and the highest of a scale."""
    low, high = min(scale), max(scale)
    size = (high - low) or 1.0
    first, last, dot = [round((at - low) / size * (width - 1)) for at in (*ends, middle)]
    line, mark = ("-", "o") if ascii_only else ("─", "●")
    drawn = [line if first <= place <= last else " " for place in range(width)]
    drawn[dot] = mark
    return "".join(drawn)


def percent(share: float) -> str:
    """A share for reading; nothing that is merely close to certain is called 0 or 100 %."""
    if 0 < share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{share * 100:.0f} %"


def money(amount: float) -> str:
    """An amount with its sign."""
    return f"{amount:+,.2f}"


def between(ends: tuple[float, float]) -> str:
    """An interval of money in words."""
    return f"between {money(ends[0])} and {money(ends[1])}"


def sentence(text: str) -> str:
    """The text with a capital at its beginning and one full stop at its end."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "." if text else ""
