"""Statements with one thing wrong about the offers: each decides otherwise for some customer.

So the customers that the other tests ask about would show it.
"""

import re

import pytest

from churn_lib.offers.catalogue import Catalogue
from tests.churn_lib.scale.catalogues import (
    DISCOUNTS,
    EQUAL,
    SHIPPED,
    SPENT,
    corners,
    golden,
    holding,
    like,
)
from tests.churn_lib.scale.contacts import differing, written

UPGRADE = holding(like("fibre-upgrade", cost=SPENT, answers=()), floor=0.0)
DEAR = holding(*DISCOUNTS.offers, price_floor=60.0)
CENTS = r"FLOOR\(\(ch_cents \* 9e0 \+ 5e0\) / 10e0\)"

MUTANTS = {
    "a contact that is not allowed": (
        SHIPPED,
        r"CASE WHEN [^()]* END AS ch_open",
        "ch_p AS ch_open",
    ),
    "the last day of a bound": (SHIPPED, "last_contact < ", "last_contact <= "),
    "the highest of a range": (SHIPPED, "(left_on_contract) > ", r"\1 >= "),
    "the lowest of a range": (SHIPPED, "ch_v_tenure < ", "ch_v_tenure <= "),
    "a veto by what is not known": (
        SHIPPED,
        "ch_v_payment_overdue <> False",
        "COALESCE(ch_v_payment_overdue, True)",
    ),
    "no veto by what is required": (UPGRADE, "ch_v_fibre_available IS NULL OR ", ""),
    "a veto that counts for nothing": (SHIPPED, "THEN NULL ELSE", "THEN 2e0 ELSE"),
    "a price in parts of a cent": (DISCOUNTS, f"{CENTS} / 100e0", "ch_bill * 9e-1"),
    "a price rounded down": (DISCOUNTS, CENTS, "FLOOR(ch_cents * 9e0 / 10e0)"),
    "no lowest price": (DEAR, "NOT BETWEEN 60e0", "NOT BETWEEN 0e0"),
    "no best tariff": (DISCOUNTS, r"COALESCE\(ch_v_best_tariff, (\w+)\)", r"\1"),
    "no floor": (SHIPPED, "ch_best > 1e0", "TRUE"),
    "a floor that is enough": (SHIPPED, "ch_best > 1e0", "ch_best >= 1e0"),
    "likely leavers are sold to": (SHIPPED, " OR ch_open >= 0.4e0", ""),
    "reasons of others are answered": (SHIPPED, r"ch_u\d+ AND ", ""),
    "two reasons instead of three": (SHIPPED, r"(ch_r\d+) < 3", r"\1 < 2"),
    "of equal ones the last": (
        EQUAL,
        r"(WHEN ch_o\d THEN 'same-a') (WHEN ch_o\d THEN 'same-b')",
        r"\2 \1",
    ),
}


@pytest.mark.parametrize(("catalogue", "right", "wrong"), MUTANTS.values(), ids=MUTANTS)
def test_it_is_found(catalogue: Catalogue, right: str, wrong: str) -> None:
    mutant, changes = re.subn(right, wrong, written(catalogue))
    assert changes
    assert differing(catalogue, [*golden()[:2000], *corners()[::2]], sql=mutant)
