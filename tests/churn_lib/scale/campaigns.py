"""Made-up campaigns: what each offer would bring and cost for each customer, and limits."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from churn_lib.scale.campaign import Limits, Plan
from churn_lib.scale.pairs import Floats
from churn_lib.scale.quiet import quiet


def made_up(customers: int, offers: int, seed: int) -> tuple[Floats, Floats]:
    """Values and costs, customers x offers; about a third of the offers may be made to each."""
    drawn, shape = np.random.default_rng(seed), (customers, offers)
    values, costs = drawn.lognormal(2.5, 1.0, shape), drawn.lognormal(1.5, 0.7, shape)
    forbidden = drawn.random(shape) > 1 / 3
    values[forbidden] = costs[forbidden] = np.nan
    return values, costs


def tight(customers: int, offers: int) -> Limits:
    """Limits all of which are felt."""
    caps = [max(1, round(customers * share)) for share in np.linspace(0.02, 0.15, offers)]
    return Limits(budget=1.3 * customers, contacts=customers // 2, caps=caps)


def used(plan: Plan, offers: int) -> tuple[float, int, list[int]]:
    """What a plan uses of budget, contacts and each cap."""
    counts = [int((plan.offer == offer).sum()) for offer in range(offers)]
    return plan.spent, len(plan.row), counts


def keeps(plan: Plan, limits: Limits) -> bool:
    """Whether a plan exceeds none of its limits by anything, and gives nobody two offers."""
    spent, contacts, counts = used(plan, len(limits.caps))
    most = [limits.budget, limits.contacts, *limits.caps]
    found = [spent, contacts, *counts]
    single = len(set(plan.row.tolist())) == len(plan.row)
    return single and all(
        one is None or value <= one for value, one in zip(found, most, strict=True)
    )


def oracle(values: Floats, costs: Floats, limits: Limits) -> float:
    """The value of the best choice: the integer program of all customers, written with matrices."""
    customers, offers = values.shape
    allowed = ~np.isnan(values)
    each_customer = np.kron(np.eye(customers), np.ones(offers))
    each_offer = np.kron(np.ones(customers), np.eye(offers))
    spent = np.where(allowed, costs, 0.0).reshape(1, -1)
    rows = np.vstack([each_customer, spent, np.ones_like(spent), each_offer])
    most = np.concatenate([np.ones(customers), limits.vector()])
    with quiet():
        solved = milp(
            -np.where(allowed, values, 0.0).ravel(),
            integrality=np.ones(values.size),
            bounds=Bounds(0, allowed.ravel().astype(float)),
            constraints=LinearConstraint(rows, -np.inf, most),
            options={"mip_rel_gap": 1e-9},
        )
    return -float(solved.fun)
