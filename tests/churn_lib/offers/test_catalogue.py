from datetime import date
from pathlib import Path

import pytest

from churn_lib.customer.contact import LANGUAGES
from churn_lib.customer.model import ATTRIBUTES, FEATURES
from churn_lib.errors import ArtifactError
from churn_lib.offers.catalogue import OFFERS, RETRY_SECONDS, InForce, catalogue, load, parse
from churn_lib.offers.decide import Decider
from churn_lib.offers.source import File
from tests.churn_lib.offers.samples import SMALL, TODAY, changed, messages, small

PROTECTED = [name for name in ATTRIBUTES if name not in FEATURES]


def test_a_catalogue_that_can_not_be_used_is_read_once_in_a_while(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    file = tmp_path / OFFERS
    file.write_text("version = ")
    in_force = InForce(File(file), lambda: now[0])
    for _ in range(3):
        with pytest.raises(ArtifactError, match="is not valid TOML"):
            in_force.get()
    file.write_text(SMALL)
    with pytest.raises(ArtifactError):
        in_force.get()
    assert len(caplog.messages) == 1
    now[0] = RETRY_SECONDS
    assert in_force.get() is in_force.get()


def test_a_catalogue_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / OFFERS
    file.write_text(SMALL, "utf-8-sig")
    assert load(file) == small()


def test_the_shipped_catalogue_has_both_kinds_of_offers_in_every_language() -> None:
    shipped = catalogue()
    assert {offer.kind for offer in shipped.offers} == {"retention", "value_added"}
    assert all(set(offer.texts) == set(LANGUAGES) for offer in shipped.offers)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "percent = 10, ",
            "percent = 10, per_cent = 9, ",
            "offer discount: terms.per_cent: is no field",
        ),
        ("2026-12-31", "2025-12-31", "offer discount: valid_until: is before valid_from"),
        ('id = "club"', 'id = "discount"', "offer discount: id: another offer has the same id"),
        (
            '"Collect points."',
            '"Save {amount}."',
            "offer club: texts.en.message: the slot {amount} has no term",
        ),
        (
            '"Collect points."',
            '"Save {Amount}."',
            "offer club: texts.en.message: has a brace that is no slot",
        ),
        (
            '"Collect points."',
            '"Save {."',
            "offer club: texts.en.message: has a brace that is no slot",
        ),
        (
            'is = ["Month-to-month"]',
            'is = ["Monthly"]',
            "offer discount: answers.0: Contract has no level 'Monthly'",
        ),
        (
            '"tenure", at_least = 1',
            '"tenure", is = ["1"]',
            "offer club: eligible.0: tenure needs at_least or at_most",
        ),
        (
            '"tenure", at_least = 1',
            '"age", at_least = 1',
            "offer club: eligible.0: age is no attribute",
        ),
        (
            '["until", ',
            '["untill", ',
            "offer discount: disclosures: there is no disclosure 'untill'",
        ),
        ('model = "gain"', 'model = "fixed"', "offer club: cost.amount: is missing"),
        (
            'kind = "value_added"',
            'kind = "retention"',
            "offer club: cost.model: must be `gain` for value_added",
        ),
        (
            "percent = 10, months",
            "months",
            "offer discount: terms.percent: must be given with the cost model",
        ),
        (
            "percent = 10, months = 12",
            "percent = 10",
            "offer discount: terms.months: must be given",
        ),
        (
            "percent = 10, m",
            "percent = 10, price_after = 9.0, m",
            "offer discount: terms.price_after: follows from",
        ),
        ("terms = {}\ncost = { model", "terms = {}\ncost = { mode", "offer club: cost: "),
        (
            "[disclosures.until.texts]\nen",
            "[disclosures.until.texts]\nde",
            "'until' has no text in 'en'",
        ),
        (
            "until {valid_until}",
            "until {months}",
            "offers.toml: disclosures.until.texts.en: the slot {months}",
        ),
        ("floor = 1.0", "floor = -1.0", "offers.toml: assumptions.floor: "),
        ("call = 5.0, ", "", "offers.toml: assumptions: contact_cost lacks call"),
        (
            'field = "consent", is = [true]',
            'field = "consent", is = ["yes"]',
            "offers.toml: contact.0: consent has no",
        ),
    ],
)
def test_a_fault_names_file_offer_and_field(old: str, new: str, fault: str) -> None:
    with pytest.raises(ArtifactError) as raised:
        parse(changed((old, new)))
    assert fault in str(raised.value)


@pytest.mark.parametrize(
    ("terms", "cost", "fault"),
    [
        (
            "months = 6",
            'model = "price_lock", expected_rise = 4.0, from_month = 7',
            "cost.from_month: is after the last",
        ),
        (
            "amount = 20.0",
            'model = "fixed", amount = 19.0',
            "cost.amount: is less than the amount promised",
        ),
        (
            "percent = 5, months = 6",
            'model = "fixed", amount = 19.0',
            "terms.percent: must be given with",
        ),
        (
            "amount = 6.0, months = 3",
            'model = "add_on", list_price = 5.0, marginal_cost = 1.0, lost_sales = 0.1',
            "cost.list_price: is not terms.amount",
        ),
        (
            "amount = 9.0, percent = 5, months = 6",
            'model = "discount"',
            "terms.amount: is promised, and the cost",
        ),
    ],
)
def test_terms_and_cost_must_agree(terms: str, cost: str, fault: str) -> None:
    kind = ('kind = "value_added"', 'kind = "retention"')
    with pytest.raises(ArtifactError, match=f"offer club: {fault}"):
        parse(
            changed(
                kind,
                ("terms = {}", f"terms = {{ {terms} }}"),
                ('model = "gain", monthly = 1.5', cost),
            )
        )


@pytest.mark.parametrize(
    ("amount", "cost", "fault"),
    [
        (
            50.0,
            "monthly = 1.6, once = 5.0",
            "new.toml: offer club: cost.once: is not the amount promised",
        ),
        (
            5.0,
            "monthly = 5.1",
            "new.toml: offer club: cost.monthly: is more than the price of terms.amount",
        ),
    ],
)
def test_what_a_taker_is_promised_is_what_it_costs(amount: float, cost: str, fault: str) -> None:
    promised = ("terms = {}", f"terms = {{ amount = {amount} }}")
    assert messages(promised, ("monthly = 1.5", cost)) == [fault]
    assert messages(promised, ("monthly = 1.5", f"monthly = 1.5, once = {amount}")) == []


@pytest.mark.parametrize("name", PROTECTED)
@pytest.mark.parametrize("layer", ["eligible", "suitable", "contact", "answers"])
def test_no_offer_may_depend_on_a_protected_attribute(name: str, layer: str) -> None:
    rule = f'{{ field = "{name}", is = ["Yes"] }}'
    added = changed(
        ('kind = "value_added"', f'kind = "value_added"\n{layer} = [{rule}]'), _without(layer)
    )
    with pytest.raises(
        ArtifactError, match=f"offer club: {layer}.0: {name} is a protected attribute"
    ):
        parse(added)


def _without(layer: str) -> tuple[str, str]:
    line = 'eligible = [{ field = "tenure", at_least = 1 }]'
    return (line, "") if layer == "eligible" else (line, line)


def test_a_fact_of_the_contact_is_no_reason_to_answer() -> None:
    with pytest.raises(ArtifactError, match=r"answers\.0\.field: consent is no attribute"):
        parse(
            changed(
                (
                    '[{ field = "Contract", is = ["Month-to-month"] }]',
                    '[{ field = "consent", is = [true] }]',
                )
            )
        )


def test_text_that_is_no_toml_is_refused_by_line() -> None:
    with pytest.raises(ArtifactError, match=r"offers\.toml: \(file\): is not valid TOML: .*line 2"):
        parse("version = '1'\noops\n")


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 2000, "a = " + "9" * 5000, "a = " + "[" * 250 + "]" * 250, "", "\0"]
)
def test_text_that_trips_a_parser_is_refused(text: str) -> None:
    with pytest.raises(ArtifactError, match=r"offers\.toml: "):
        parse(text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"offers\.toml can't be read: No such file"):
        load(tmp_path / "offers.toml")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "offers.toml").write_bytes(b"\xff")
    with pytest.raises(ArtifactError, match="it is not UTF-8"):
        load(tmp_path / "offers.toml")


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 6, 15), date(2026, 6, 25)),
        (date(2026, 12, 21), date(2026, 12, 31)),
        (date(2026, 12, 22), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_customer_has_some_days_to_accept_and_never_longer_than_the_campaign(
    day: date, last: date
) -> None:
    offers = small(("accept_within_days = 300", "accept_within_days = 10"))
    decider = Decider(offers)
    assert [decider.accept_until(offer, day) for offer in offers.offers] == [last, last]


def test_an_offer_may_have_a_deadline_of_its_own() -> None:
    offers = small(("terms = {}", "accept_within_days = 3\nterms = {}"))
    decider = Decider(offers)
    days = [(decider.accept_until(offer, TODAY) - TODAY).days for offer in offers.offers]
    assert days == [199, 3]
