"""What the page's list looks like at different moments of the work."""

from collections.abc import Callable, Mapping, Sequence

from playwright.sync_api import expect

from tests.functions.console.lists import Owner, as_csv, customers

LENGTH = 120
Row = dict[str, object]


def list_empty(owner: Owner) -> None:
    """As it is opened."""


def list_asked(owner: Owner) -> None:
    """What one of the columns is."""
    owner.choose(as_csv(_renamed(customers(LENGTH))))
    expect(owner.page.get_by_role("dialog")).to_be_visible()


def _renamed(rows: Sequence[Row]) -> list[Mapping[str, object]]:
    names = {"tenure": "Laufzeit", "Contract": "Vertrag"}
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


def list_scored(owner: Owner) -> None:
    owner.score_list(as_csv(customers(LENGTH)))


def list_filtered(owner: Owner) -> None:
    """Of those at medium risk, the best ten."""
    list_scored(owner)
    owner.tab_to("combobox", "Risk")
    owner.page.keyboard.type("medium")
    owner.tab_to("spinbutton", "How many can you contact?")
    owner.page.keyboard.type("10")
    expect(owner.page.get_by_text("Marked: the best 10")).to_be_visible()


def list_refused(owner: Owner) -> None:
    """In part."""
    rows = customers(LENGTH)
    rows[4]["tenure"], rows[7]["MonthlyCharges"], rows[40]["tenure"] = "many", "1e999", -1
    owner.score_list(as_csv([{**row, "Note": "none"} for row in rows]))


State = Callable[[Owner], None]
LIST_STATES: tuple[State, ...] = (
    list_empty,
    list_asked,
    list_scored,
    list_filtered,
    list_refused,
)
