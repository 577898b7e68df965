"""The line of a fault in a catalogue."""

import pytest

from churn_lib.lint.catalogue import lint, located
from churn_lib.lint.lines import line_of, lines_of
from tests.churn_lib.offers.italian import ITALIAN

TEXT = """
version = "1"
rules = [
  { field = "a" },
  # nothing
  { field = "b" },
]
[[offers]]
id = "x"
terms = { percent = 1 }
[offers.texts.en]
name = "X"
[[offers]]
id = "y"
answers = [{ field = "c" }]
[offers.texts.en]
name = "Y"
[greetings]
en = 1
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("version", 2),
        ("rules", 3),
        ("rules.0.field", 4),
        ("rules.1.field", 6),
        ("offers.0", 8),
        ("offers.0.terms.percent", 10),
        ("offers.0.texts.en.name", 12),
        ("offers.1.answers.0.field", 15),
        ("offers.1.texts.en", 16),
        ("offers.1.texts.fr", 13),
        ("greetings.en.friendly", 19),
        ("nothing", None),
    ],
)
def test_a_place_has_the_line_of_the_narrowest_that_the_file_shows(
    place: str, line: int | None
) -> None:
    assert line_of(place, lines_of(TEXT)) == line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("percent = 10, ", "percent = 110, "),
        ('message = "Raccolga punti."', 'message = "Raccolga 7 punti."'),
        ('id = "club"', 'id = "discount"'),
        ("[phrases.it]", "[phrases.xx]"),
        ('"tenure", at_least = 1', '"tenure", at_least = 99999'),
        ("floor = 1.0", "floor = -1.0"),
        ('channels = ["email", "sms"]', 'chanels = ["email", "sms"]'),
    ],
)
def test_a_fault_of_a_catalogue_is_told_with_its_line(old: str, new: str) -> None:
    assert old in ITALIAN
    text = ITALIAN.replace(old, new, 1)
    *_, wanted = (number for number, line in enumerate(text.splitlines(), start=1) if new in line)
    assert wanted in [number for number, _ in located(text, lint(text))]
