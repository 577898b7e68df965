"""A scorecard as rich as training makes them, beside the shipped one: how long a score takes, and
how long it takes to read.
"""

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from churn_lib.customer.schema import CUSTOMER, SHIPPED
from churn_lib.score.scorecard import MANIFEST, SCORECARD
from tests.bench.figures import Goal, at_most
from tests.serving import ROOT, clean_environment

CATEGORIES, NUMBERS, TABLES, EDGES = 18, 18, 20, 31
LEVELS = ("a", "b", "c", "d")
CELLS = 13_000

ROUNDS = 5
MEASURE = """
import json
from time import process_time
from timeit import repeat
from churn_lib.customer.model import example
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.score.scorecard import SCORECARD, scorecard
from churn_lib.score.terms import read_card
content, card, customer = (ARTIFACTS / SCORECARD).read_bytes(), scorecard(), example()
scores = repeat(lambda: card.score(customer), timer=process_time, number=2000, repeat=40)
reads = repeat(lambda: read_card(content), timer=process_time, number=1, repeat=40)
print(json.dumps([min(scores) / 2000 * 1e6, min(reads) * 1e3]))
"""
"""The processor's own time, and the best of many: others on the machine count little."""


def figures() -> Iterator[Goal]:
    """Both sides in processes of their own, in turn: a process has one schema."""
    with TemporaryDirectory() as name:
        rich = Path(name)
        size = write(rich)
        both = [(*measured(rich), *measured(SHIPPED)) for _ in range(ROUNDS)]
    score, read, shipped, _ = map(min, zip(*both, strict=True))
    shape = f"{CATEGORIES + NUMBERS} attributes, {TABLES} tables, {size:,} bytes"
    sides = f"{score:.1f} us / {shipped:.1f} us; {shape}"
    yield at_most("score by a rich card / by the shipped one", score / shipped, 3, sides)
    yield at_most("reading a rich card (ms)", read, 10, shape)


def measured(folder: Path) -> list[float]:
    """Microseconds of a score, and milliseconds of reading the card."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        cwd=ROOT,
        env={**clean_environment(), "CHURN_ARTIFACTS": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[float] = json.loads(done.stdout)
    return found


def write(folder: Path) -> int:
    """A made-up schema with its scorecard, and how many bytes that takes."""
    rng = random.Random(5)
    (folder / CUSTOMER).write_text(schema())
    card = json.dumps({"intercept": -1, "terms": list(terms(rng))}, separators=(",", ":")).encode()
    (folder / SCORECARD).write_bytes(card)
    files = {SCORECARD: hashlib.sha256(card).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps({"files": files}))
    return len(card)


def schema() -> str:
    target = 'bill = 10\ntarget = { column = "Left", left = "Yes", stayed = "No" }'
    categories = (f"[attributes.c{i}]\nlevels = {[*LEVELS]}" for i in range(CATEGORIES))
    bands = 'to = 100\nfrom = [[0, "has little"], [50, "has much"]]'
    numbers = (f"[attributes.n{i}]\n{bands}" for i in range(NUMBERS))
    return "\n".join([target, *categories, *numbers])


def terms(rng: random.Random) -> Iterator[Mapping[str, object]]:
    def values(count: int) -> list[float]:
        return [round(rng.uniform(-1, 1), 7) for _ in range(count)]

    for i in range(CATEGORIES):
        points = dict(zip(LEVELS, values(len(LEVELS)), strict=True))
        yield {"kind": "levels", "feature": f"c{i}", "points": points}
    edges = {f"n{i}": sorted(rng.sample(range(1, 100), EDGES)) for i in range(NUMBERS)}
    for name, own in edges.items():
        yield {"kind": "steps", "feature": name, "edges": own, "values": values(len(own) + 1)}
    side = round((CELLS / TABLES) ** 0.5)
    for pair in rng.sample([*combinations(edges, 2)], TABLES):
        axes = [{"edges": sorted(rng.sample(edges[name], side - 1))} for name in pair]
        cells = [values(side) for _ in range(side)]
        yield {"kind": "table", "features": pair, "axes": axes, "values": cells}
