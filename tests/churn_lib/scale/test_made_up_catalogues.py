"""Whatever a catalogue says, a statement decides as the service does."""

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from churn_lib.customer.contact import COUNTS, FACTS, TRUTHS
from churn_lib.customer.model import FEATURES, LEVELS
from churn_lib.offers.beta import Beta
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Rule
from tests.churn_lib.scale.asked import DAY
from tests.churn_lib.scale.catalogues import SHIPPED, corners, golden
from tests.churn_lib.scale.contacts import differing

BOUNDS: Mapping[str, tuple[float, ...]] = {
    "tenure": (0, 1, 6, 12, 24, 60),
    "MonthlyCharges": (0, 20, 45, 50.5, 70, 100),
    "TotalCharges": (0, 100, 1500, 4000),
    "best_tariff": (15, 40, 80),
}
"""Of rules about numbers; counts have theirs."""

TermsAndCost = tuple[dict[str, object], dict[str, object]]

DAYS = (2, 3, 14, 90)
TEXTS = SHIPPED.offers[0].texts

shares = st.sampled_from([0.0, 0.002, 0.1, 0.5, 1.0])
sums = st.sampled_from([0.0, 1.0, 5.0, 20.0, 45.0])
months = st.sampled_from([1, 6, 12, 24])
betas = st.sampled_from([Beta(1, 1), Beta(6, 14), Beta(3, 7), Beta(2, 18), Beta(13, 7)])
days = st.sampled_from([DAY, DAY + timedelta(1), date(2026, 1, 1)])


@st.composite
def conditions(draw: st.DrawFn, fields: tuple[str, ...]) -> dict[str, object]:
    field = draw(st.sampled_from(fields))
    levels = [True, False] if field in TRUTHS else LEVELS.get(field)
    if levels:
        few = draw(st.lists(st.sampled_from(levels), min_size=1, max_size=2, unique=True))
        return {"field": field, draw(st.sampled_from(["is", "is_not"])): tuple(few)}
    numbers = st.sampled_from(DAYS if field in COUNTS else BOUNDS[field]).map(float)
    bounds = draw(st.sampled_from([("at_least",), ("at_most",), ("at_least", "at_most")]))
    return {"field": field, **{bound: draw(numbers) for bound in bounds}}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, object]:
    rule = draw(conditions((*FEATURES, *FACTS)))
    return {**rule, "required": draw(st.booleans())} if rule["field"] in FACTS else rule


def few(some: st.SearchStrategy[dict[str, object]]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(some, max_size=2).map(tuple)


@st.composite
def terms_and_costs(draw: st.DrawFn) -> TermsAndCost:
    count, amount, rise = draw(months), draw(sums), {"expected_rise": 4.0, "from_month": 1}
    after = draw(st.sampled_from([None, "unchanged", 19.9, 60.0]))
    percent = draw(st.sampled_from([0.01, 5.0, 12.5, 33.33, 100.0]))
    service = {"list_price": amount, "marginal_cost": 1.5, "lost_sales": draw(shares)}
    kinds: list[TermsAndCost] = [
        ({"percent": percent, "months": count}, {"model": "discount"}),
        ({"months": count, "price_after": after}, {"model": "price_lock", **rise}),
        ({"months": count}, {"model": "add_on", **service}),
        ({"price_after": after}, {"model": "fixed", "amount": amount}),
        ({}, {"model": "gain", "monthly": amount, "once": 2.0}),
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    terms, cost = draw(terms_and_costs())
    economy = {
        "acceptance": draw(betas),
        "acceptance_otherwise": draw(betas),
        "deadweight": draw(shares),
        "sleeping_dogs": draw(shares),
    }
    return Offer.model_validate(
        {
            "id": "made-up",
            "kind": "value_added" if cost["model"] == "gain" else "retention",
            "valid_from": draw(days),
            "valid_until": date(2027, 1, 1),
            "terms": terms,
            "cost": cost,
            "economy": economy,
            "answers": draw(few(conditions(FEATURES))),
            "eligible": draw(few(rules())),
            "suitable": draw(few(rules())),
            "channels": draw(st.sampled_from([("email",), ("email", "call"), ("call",)])),
            "texts": TEXTS,
        }
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Some offers, of which some stand there twice, in any order of their names."""
    some = draw(st.lists(offers(), min_size=1, max_size=4))
    some += draw(st.lists(st.sampled_from(some), max_size=2))
    names = draw(st.permutations([f"offer-{place}" for place in range(len(some))]))
    named = [one.model_copy(update={"id": name}) for one, name in zip(some, names, strict=True)]
    contact = draw(few(rules()))
    assumed = {
        "floor": draw(sums),
        "price_floor": draw(sums),
        "likely_leaver_from": draw(shares),
    }
    return SHIPPED.model_copy(
        update={
            "offers": tuple(named),
            "contact": tuple(map(Rule.model_validate, contact)),
            "assumptions": SHIPPED.assumptions.model_copy(update=assumed),
        }
    )


@settings(max_examples=60)
@given(catalogues())
def test_a_made_up_catalogue_is_decided_by_as_in_the_service(catalogue: Catalogue) -> None:
    assert differing(catalogue, [*golden()[::50], *corners()[::10]]) == []
