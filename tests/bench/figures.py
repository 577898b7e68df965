"""How every benchmark prints: what was measured, both sides of it, and whether the goal is
reached.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Goal(NamedTuple):
    """A figure with the bound that it must keep. measured: None when it could not be measured, as
    `detail` says.
    """

    what: str
    measured: float | None
    bound: float
    at_most: bool
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Whether the bound was kept; what was not measured never is."""
        if self.measured is None:
            return False
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def __str__(self) -> str:
        if self.measured is None:
            return f"NOT MEASURED  {self.what}: {self.detail}"
        sign = "<=" if self.at_most else ">="
        verdict = "reached" if self.reached else "MISSED "
        return (
            f"{verdict}  {self.what}: {self.measured:.4g} (goal {sign} "
            f"{self.bound:.4g})  {self.detail}"
        ).rstrip()


def at_most(what: str, measured: float, bound: float, detail: str = "") -> Goal:
    return Goal(what, measured, bound, True, detail)


def at_least(what: str, measured: float, bound: float, detail: str = "") -> Goal:
    return Goal(what, measured, bound, False, detail)


def not_measured(what: str, why: str) -> Goal:
    return Goal(what, None, 0, True, why)


def summary(goals: Sequence[Goal]) -> str:
    """How many goals were reached, missed and not measured."""
    unknown = sum(goal.measured is None for goal in goals)
    reached = sum(goal.reached for goal in goals)
    return (
        f"{reached} goals reached, {len(goals) - reached - unknown} missed, {unknown} not measured"
    )
