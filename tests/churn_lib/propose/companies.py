"""Made-up companies: tables of 1 to 60 columns, under headings that nobody would think of."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.churn_lib.propose.tables import Cells

ODD = (
    "Terms and Conditions", "id", "_id", "__x__", "copy", "class", "self", "model_config", "values",
    "customerID", "context", "Customer  ID", "json", "bill", "12", "2024", "%", "$", "-", "é",
    "Größe (cm)", "요금제", "가입 기간", "契約", "Тариф", "x" * 130, "Very long " * 13, 'say "hi"',
    "a\\b", "a;b", "a,b", "a|b", "line\nbreak", "tab\there", " spaces ", "x", "X", "x ", "A.B",
    "AB", "sum_of_charges", "Monthly charge", "Day charge", "Night charge", "Tenure (months)",
    "gender", "Age", "City", "Zip code", "State", "Is active", "Has phone", "Married",
    "number of calls", "Churn", "churn reason", "=1+1", "{name}", "[attributes.x]", "# comment",
    "🙂", "None", "True",
)  # fmt: skip
"""Headings."""

TEXTS = (
    "Yes", "No", "yes", "none", "None", "NA", "Unknown", "N/A", "No phone service", "Two words",
    "two  words", "A & B", "A and B", "1-2", "12", "007", "3+", "é", "요금제", "-", ".", "'", '"q"',
    "=A1", "a,b", "a;b", "0", "1", "TRUE", "false", "x" * 99, "x" * 101, "{a}", "\\", "🙂", "½",
)  # fmt: skip
"""Values."""

KINDS = ("count", "amount", "negative", "tiny", "huge", "two", "codes", "texts", "yes or no", "id",
         "row", "same", "blank", "dates", "copy", "answer", "needs", "per cent", "euros", "zeros",
         "odd")  # fmt: skip

letters = st.characters(exclude_characters="\0", codec="utf-8")
heading = st.one_of(st.sampled_from(ODD), st.text(letters, min_size=1, max_size=12))


@dataclass(frozen=True)
class Company:
    """columns: headings and cells; the last is the answer."""

    columns: list[tuple[str, list[str]]]
    target: str


@st.composite
def companies(draw: st.DrawFn) -> Company:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.sampled_from((40, 90, 300)))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=60))
    gone, here = draw(st.sampled_from((("Yes", "No"), ("1", "0"), ("T", "F"), ("Left", "In use"))))
    left = rng.random(rows) < 0.4
    left[:10], left[10:20] = True, False
    target = draw(st.sampled_from(("Churn", "Customer status", "이탈", "left?")))
    columns: list[tuple[str, list[str]]] = []
    for kind in kinds:
        cells = _cells(kind, rows, left, columns, rng)
        if rng.random() < 0.3:
            missing = str(rng.choice(["", "NULL", "n/a", "NaN"]))
            cells = [missing if rng.random() < 0.1 else cell for cell in cells]
        columns.append((draw(heading), cells))
    return Company([*columns, (target, [gone if one else here for one in left])], target)


def _cells(
    kind: str,
    rows: int,
    left: NDArray[np.bool_],
    before: list[tuple[str, list[str]]],
    rng: np.random.Generator,
) -> list[str]:
    texts = [str(text) for text in rng.choice(TEXTS, int(rng.integers(1, 12)))]
    if kind == "copy" and before:
        return list(before[int(rng.integers(len(before)))][1])
    if kind == "needs" and before:
        parent = before[int(rng.integers(len(before)))][1]
        return ["" if one == "No" else str(rng.choice(texts)) for one in parent]
    found = _made_up(rows, left, texts, rng).get(kind, ["No"] * rows)
    return [str(cell) for cell in found]


def _made_up(
    rows: int, left: NDArray[np.bool_], texts: list[str], rng: np.random.Generator
) -> dict[str, Cells]:
    """Cells of each kind."""
    return {
        "count": rng.poisson(3, rows),
        "amount": rng.gamma(2, 40, rows).round(2),
        "negative": rng.normal(0, 9, rows).round(1),
        "tiny": rng.random(rows) * 1e-7,
        "huge": rng.integers(1, 10**14, rows),
        "two": rng.choice([-1, 3], rows),
        "codes": rng.integers(1, 5, rows),
        "texts": rng.choice(texts, rows),
        "yes or no": rng.choice(["Yes", "No"], rows),
        "id": [f"{number:08x}" for number in rng.permutation(rows) * 7919],
        "row": range(rows),
        "same": ["x"] * rows,
        "blank": [""] * rows,
        "dates": [f"2024-{number % 12 + 1:02}-03" for number in range(rows)],
        "answer": np.where(left, "a", "b"),
        "per cent": [f"{number}%" for number in rng.integers(0, 100, rows)],
        "euros": [f"{number:.2f} €".replace(".", ",") for number in rng.gamma(2, 40, rows)],
        "zeros": [f"{number:03}" for number in rng.integers(0, 50, rows)],
        "odd": [str(rng.choice([*range(200), "?"])) for _ in range(rows)],
    }
