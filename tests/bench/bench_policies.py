"""What is learnt from a trial, and told of other ways to choose and of segments, in worlds whose
truth is known, beside the naive way in the same worlds.
"""

from collections.abc import Iterator

import numpy as np

from churn_lib.evidence import segments
from churn_lib.evidence.learn import learn
from churn_lib.evidence.offpolicy import OTHER, PolicyValue, values
from tests.bench.bench_evidence import between, covers, told
from tests.bench.figures import Goal, at_least, at_most
from tests.churn_lib.evidence import base
from tests.churn_lib.evidence.drawn import paid, worths


def figures() -> Iterator[Goal]:
    """Prints each share with its binomial interval of 95 %."""
    rng = np.random.default_rng(1)
    yield from _learnt(rng)
    yield from _ways(rng)
    yield from _segments(rng)


def _learnt(rng: np.random.Generator) -> Iterator[Goal]:
    """What the learnt catalogue earns, beside the oracle, which knows the truth; the naive one has
    learnt from accepted of shown.
    """
    big = base.base(rng, 50_000)
    plain = base.unlearnt()
    oracle, before = (
        base.worth(big, base.choice(big, of)) for of in (base.TRUE, base.believed(plain))
    )
    for customers, worlds in ((2000, 100), (10_000, 60), (50_000, 30)):
        after, naive = [], []
        for _ in range(worlds):
            cells = base.trial(rng, base.base(rng, customers))
            found = base.believed(learn(cells, plain).catalogue)
            after.append(base.worth(big, base.choice(big, found)))
            naive.append(base.worth(big, base.choice(big, base.naively_learnt(cells))))
        name = f"after learn, {customers:,} customers"
        print(
            f"{name}: {np.mean(after) / oracle:.3f} of the oracle's value on average; unlearnt "
            f"{before / oracle:.3f}; naive (accepted of shown) {np.mean(naive) / oracle:.3f}, "
            f"below the unlearnt in {told(sum(one < before for one in naive), worlds)}"
        )
        above = sum(one > before for one in after)
        yield at_least(f"{name}: above the unlearnt", above / worlds, 0.97, told(above, worlds))
        yield at_least(f"{name}: the worst, of the oracle", min(after) / oracle, 0.7)
    yield at_least(f"{name}: of the oracle", float(np.mean(after)) / oracle, 0.97)


def _ways(rng: np.random.Generator) -> Iterator[Goal]:
    """Values of no offers, of the present way and of another one, from one log of all arms; the
    naive way looks at the customers of the policy arm with whom both ways agree.
    """
    truth, worlds, customers = worths(rng), 400, 5000
    found: dict[str, list[PolicyValue]] = {}
    agreed = []
    for _ in range(worlds):
        log = paid(rng, customers)
        for one in values(log):
            found.setdefault(one.name, []).append(one)
        both = (log.offer == log.other) & (log.offer == log.would_offer)
        agreed.append(float(log.sums["wm"][both].sum() / log.sums["w"][both].sum()))
    print(f"value of 'other', naive: off by {np.mean(agreed) - truth[OTHER]:+.1f} a customer")
    for name, real in truth.items():
        for of in ("snips", "robust"):
            told_of = [getattr(one, of) for one in found[name]]
            sure = [one for one in told_of if one is not None]
            what = f"value of {name!r} ({of}), {customers:,} customers: covered"
            yield from between(what, covers(sure, real), len(sure), 0.93, 0.99)


def _segments(rng: np.random.Generator) -> Iterator[Goal]:
    """18 segments of one lift: how much the best looking one promises too much."""
    worlds, count, lift_of_all = 1000, 18, 0.05
    raw, less, shown = [], [], 0
    for _ in range(worlds):
        churn, held = rng.uniform(0.3, 0.6, count), rng.integers(30, 120, count)
        offered = held * 8
        left = rng.binomial(held, churn), rng.binomial(offered, churn - lift_of_all)
        one = [
            segments.difference(*map(int, arms))
            for arms in zip(held, left[0], offered, left[1], strict=True)
        ]
        y, v = np.array([(each.value, each.variance) for each in one]).T
        raw.append(y.max() - lift_of_all)
        less.append(max(each.value for each in segments.shrunk(y, v)) - lift_of_all)
        shown += segments.heterogeneity(y, v) < segments.LEVEL
    print(f"best of {count} segments of one lift, as counted: {100 * np.mean(raw):.1f} of 100 more")
    share = float(np.mean(less) / np.mean(raw))
    yield at_most("best segment, shrunk: of what it promises too much", share, 0.25)
    yield at_most("segments shown to differ that do not", shown / worlds, 0.07, told(shown, worlds))
