import pytest

from churn_lib.errors import InputError
from churn_lib.lint.diff import diff
from churn_lib.lint.sweep import Point, sweep
from churn_lib.offers.catalogue import catalogue
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.offers.samples import TODAY, customer, small

CARD = scorecard()
ASKED = [customer(), customer(MonthlyCharges=70.0), customer(Contract="Two year", tenure=60)]


def swept(field: str, *values: float, offer: str = "discount") -> list[Point]:
    return list(sweep(small(), offer, field, values, CARD, today=TODAY, customers=ASKED))


def test_on_the_made_up_base_the_best_discount_is_neither_none_nor_the_largest() -> None:
    percents = (0, 5, 10, 15, 20, 25, 30)
    points = list(sweep(catalogue(), "annual-plan", "percent", percents, CARD, today=TODAY))
    best = max(points, key=lambda point: point.whole)
    assert best not in {points[0], points[-1]}


def test_who_offers_nothing_contacts_nobody_and_gains_nothing() -> None:
    (nothing,) = swept("percent", 0)
    assert (nothing.contacts, nothing.cost, nothing.value) == (0, 0, 0)


def test_at_the_terms_of_now_the_sum_is_that_of_the_decisions() -> None:
    (now,) = swept("percent", 10)
    none = small(("floor = 1.0", "floor = 900.0"))
    lost = diff(small(), none, CARD, today=TODAY, customers=ASKED).gain
    assert now.whole == pytest.approx(-lost)
    assert now.contacts == 2


def test_the_ends_of_what_is_expected_hold_the_middle() -> None:
    for point in swept("percent", 5, 10, 15):
        assert point.value_ends[0] < point.value < point.value_ends[1]
        assert point.cost_ends[0] < point.cost < point.cost_ends[1]


def test_without_a_reference_acceptance_still_follows_the_terms_of_now() -> None:
    less, now, more = swept("percent", 5, 10, 15)
    assert less.acceptance < now.acceptance == 0.3 < more.acceptance


def test_fewer_months_are_accepted_less() -> None:
    less, now = swept("months", 6, 12)
    assert less.acceptance < now.acceptance == 0.3


@pytest.mark.parametrize(
    ("offer", "field", "fault"),
    [
        ("gone", "percent", "ID: must be one of discount, club"),
        ("discount", "amount", "FIELD: of discount must be percent or months"),
        ("club", "amount", "FIELD: of club can't be varied: it gives nothing"),
    ],
)
def test_what_can_not_be_varied_is_named(offer: str, field: str, fault: str) -> None:
    with pytest.raises(InputError) as raised:
        swept(field, 1, offer=offer)
    assert [f"{one.field}: {one.message}" for one in raised.value.faults] == [fault]
