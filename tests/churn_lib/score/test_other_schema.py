"""A company with a schema of its own is scored by its own card, in a process of its own."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from churn_lib.customer.schema import SHIPPED
from churn_lib.customer.schema_file import parse
from churn_lib.score.scorecard import MANIFEST, SCORECARD, sigmoid
from tests.churn_lib.lint.companies import GYM, printed

GROUPS = [["Ann"], ["Bob"]]
TERMS: list[dict[str, object]] = [
    {"kind": "levels", "feature": "pool", "points": {"0": 0.25, "1": -0.25}},
    {
        "kind": "levels",
        "feature": "coach",
        "points": {"Ann": 0.5, "Bob": -0.5},
        "other": 0.75,
    },
    {"kind": "steps", "feature": "weight", "edges": [60, 90], "values": [1, 2, 3], "unknown": 4},
    {"kind": "curve", "feature": "pace", "knots": [0, 10], "values": [0, 1], "unknown": -2},
    {
        "kind": "table",
        "features": ["coach", "weight"],
        "axes": [{"groups": GROUPS, "other": 2}, {"edges": [75], "unknown": 2}],
        "values": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    },
    {
        "kind": "table",
        "features": ["weight", "coach"],
        "axes": [{"edges": [75]}, {"groups": GROUPS}],
        "values": [[5, 6], [7, 8]],
    },
]
MEMBER = {
    "months": 10,
    "fee": 30.0,
    "pool": 0,
    "lane": "no pool",
    "Membership": "Annual",
    "coach": "Ann",
    "weight": 80.0,
    "visits": 50,
}
SCORED = """
import json
from churn_lib.customer.reading import read_row
from churn_lib.score.rows import score_row
from churn_lib.score.scorecard import scorecard
customer = read_row(ROW.encode())
row = score_row(customer, explained=True)
print(json.dumps([scorecard().score(customer).effects, row]))
"""
REFUSED = """
from churn_lib.errors import ArtifactError
from churn_lib.score.scorecard import scorecard
try:
    scorecard()
except ArtifactError as error:
    print(error)
"""


def trained(folder: Path, terms: list[dict[str, object]], schema: str = GYM) -> Path:
    """The folder of a gym, of this schema, whose card has these terms."""
    card = json.dumps({"intercept": -1, "trained": {"weight": [40, 120]}, "terms": terms}).encode()
    (folder / SCORECARD).write_bytes(card)
    files = {SCORECARD: hashlib.sha256(card).hexdigest()}
    manifest = {"files": files, "schema": parse(schema).digest}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize(
    ("change", "effects"),
    [
        ({}, [0.25, 0.5, 2, 0.5, 2]),
        ({"weight": 90}, [0.25, 0.5, 2, 0.5, 2]),
        ({"weight": 90.5, "coach": "Bob"}, [0.25, -0.5, 3, 0.5, 5]),
        ({"weight": 20, "pool": 1, "lane": "fast"}, [-0.25, 0.5, 1, 0.5, 1]),
        ({"weight": None}, [0.25, 0.5, 4, 0.5, 3]),
        ({"coach": "Cleo"}, [0.25, 0.75, 2, 0.5, 8]),
        ({"coach": "Cleo", "weight": None}, [0.25, 0.75, 4, 0.5, 9]),
        ({"months": 0}, [0.25, 0.5, 2, -2, 2]),
    ],
)
def test_what_is_not_known_and_what_is_not_listed_is_scored(
    change: dict[str, object], effects: list[float], tmp_path: Path
) -> None:
    code = SCORED.replace("ROW", repr(json.dumps({**MEMBER, **change})))
    found, row = json.loads(printed(trained(tmp_path, TERMS[:5]), GYM, code))
    assert found == pytest.approx(effects)
    assert row["churn_probability"] == pytest.approx(sigmoid(sum(effects) - 1))
    outside = change.get("weight") == 20
    assert row.get("outside_training", []) == (["weight"] if outside else [])


@pytest.mark.parametrize(
    ("change", "effect"),
    [({}, 7), ({"weight": 75, "coach": "Bob"}, 6), ({"weight": None}, 0), ({"coach": "Cleo"}, 0)],
)
def test_a_table_that_says_nothing_of_a_value_adds_nothing(
    change: dict[str, object], effect: float, tmp_path: Path
) -> None:
    code = SCORED.replace("ROW", repr(json.dumps({**MEMBER, **change})))
    found, _ = json.loads(printed(trained(tmp_path, TERMS[5:]), GYM, code))
    assert found == [effect]


def test_another_companys_scorecard_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for name in (SCORECARD, MANIFEST):
        shutil.copy(SHIPPED / name, tmp_path)
    assert printed(tmp_path, GYM, REFUSED) == (
        "scorecard.json was trained for another customer.toml; train anew: churn train FILE; "
        "the first attribute that does not fit is 'PhoneService'"
    )


def test_without_a_digest_its_terms_alone_tell(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / SCORECARD, tmp_path)
    manifest = json.loads((SHIPPED / MANIFEST).read_bytes())
    del manifest["schema"]
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    told = printed(tmp_path, GYM, REFUSED)
    assert told.startswith(
        "scorecard.json was trained for other attributes: terms.0.levels.feature"
    )
    assert told.endswith(
        "'PhoneService' is unknown or another one here, so train anew: churn train FILE"
    )
