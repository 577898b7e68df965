"""How every benchmark prints: what was measured, both sides of it, and whether the goal is reached."""

from typing import NamedTuple


class Goal(NamedTuple):
    """A figure with the bound that it must keep."""

    what: str
    measured: float
    bound: float
    at_most: bool
    detail: str = ""

    @property
    def reached(self) -> bool:
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        verdict = "reached" if self.reached else "MISSED "
        return f"{verdict}  {self.what}: {self.measured:.4g} (goal {sign} {self.bound:.4g})  {self.detail}".rstrip()


def at_most(what: str, measured: float, bound: float, detail: str = "") -> Goal:
    return Goal(what, measured, bound, True, detail)


def at_least(what: str, measured: float, bound: float, detail: str = "") -> Goal:
    return Goal(what, measured, bound, False, detail)
