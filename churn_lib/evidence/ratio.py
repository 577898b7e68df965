"""Whether the arms have the customers that they should: the check of the sample ratio."""

from collections.abc import Mapping
from typing import NamedTuple

from scipy import stats

ALARM = 0.001
"""Below this, something drops customers of one arm, and no comparison of arms means anything.

Fabijan et al. 2019, KDD, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments".
"""


class SampleRatio(NamedTuple):
    """Units by arm, those that the shares promise, and the probability of such a gap by chance."""

    found: Mapping[str, int]
    expected: Mapping[str, float]
    p: float

    @property
    def is_right(self) -> bool:
        return self.p >= ALARM


def sample_ratio(found: Mapping[str, int], shares: Mapping[str, float]) -> SampleRatio:
    """Of all units, before any is left out, by Pearson's chi-square.

    shares: of the arms, each above 0, adding up to 1.
    """
    total = sum(found.get(arm, 0) for arm in shares)
    counts = {arm: found.get(arm, 0) for arm in shares}
    expected = {arm: share * total for arm, share in shares.items()}
    p = stats.chisquare([*counts.values()], [*expected.values()]).pvalue if total else 1.0
    return SampleRatio(counts, expected, float(p))
