"""Which offer to make, or none: rules first, then money. The same customer on the same day always
gets the same answer.

Every offer is judged by its rules. Of those that nothing vetoes, the one with the highest expected
value wins if that exceeds the floor. Retention offers compete at every probability: where leaving
is unlikely their own formula makes them a loss. Value-added offers compete only below
`likely_leaver_from`: whoever is likely to leave is not sold to.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from churn_lib.customer.contact import Context as Context
from churn_lib.customer.model import Customer
from churn_lib.offers.catalogue import Catalogue, Channel, Language, Offer
from churn_lib.offers.economics import Economics, Stake, appraise
from churn_lib.offers.offer import Kind, Plan
from churn_lib.offers.rules import Check, Ready, Values
from churn_lib.score.scorecard import Reason

Outcome = Literal["chosen", "outbid", "below_floor", "vetoed"]

IN_TIME = Check("eligible", "valid_from", "pass", "The offer is valid today")
OUT_OF_TIME = Check("eligible", "valid_from", "veto", "The offer is not valid today")
SPOKEN = Check("contact", "channel", "pass", "The offer has a text for this channel and language")
UNSPOKEN = Check(
    "contact", "channel", "veto", "The offer has no text for this channel and language"
)
STAYER = Check(
    "suitable", "kind", "pass", "Value-added offers are for customers who are likely to stay"
)
LEAVER = Check(
    "suitable", "kind", "veto", "Value-added offers are not for customers who are likely to leave"
)
PRICE_KEPT = Check(
    "eligible", "price_floor", "pass", "The price after the offer is not below the lowest allowed"
)
PRICE_LOW = Check(
    "eligible", "price_floor", "veto", "The price after the offer is below the lowest allowed"
)
PRICE_RAISED = Check(
    "eligible", "price_floor", "veto", "The price after the offer is above the bill of today"
)
BEST_TARIFF = Check(
    "suitable", "best_tariff", "pass", "The price is not above the best tariff that was told"
)
TARIFF_ABOVE = Check(
    "suitable", "best_tariff", "veto", "The price is above the best tariff that was told"
)
TARIFF_UNKNOWN = Check(
    "suitable", "best_tariff", "not_checked", "The best tariff that was told is not known"
)


class Candidate(NamedTuple):
    """One offer in the trace: every rule, the money, and why it won or lost."""

    offer: str
    name: str
    kind: Kind
    checks: tuple[Check, ...]
    economics: Economics
    answers: bool
    outcome: Outcome
    why: str


_Judged = tuple[Plan, list[Check], Check | None, bool, Stake | None]
"""Plan, checks, the first veto, whether it answers a reason, what is at stake unless vetoed; a
plain tuple is quick.
"""


class Decision(NamedTuple):
    """The offer to make with its money, or none; `why` is a sentence either way.

    eligible: ids of the offers that no rule vetoes. trace: what became of every offer, when that
    was asked for.
    """

    offer: Offer | None
    why: str
    economics: Economics | None
    eligible: tuple[str, ...] = ()
    trace: tuple[Candidate, ...] = ()


class _Weighing(NamedTuple):
    """All that the reasons are told from."""

    question: "_Question"
    judged: list[_Judged]
    best: _Judged | None
    gates: tuple[Check, ...]
    floor: float
    currency: str


class _Question(NamedTuple):
    """What is the same for every offer."""

    values: Values
    raising: frozenset[str]
    probability: float
    bill: float
    form: tuple[Channel, Language]
    today: date
    price_floor: float
    likely_leaver_from: float
    best_tariff: float | None


def decide(
    catalogue: Catalogue,
    customer: Customer,
    *,
    probability: float,
    reasons: Sequence[Reason],
    context: Context,
    today: date,
    explain: bool = False,
) -> Decision:
    """The best offer for a customer who leaves with this probability (0 to 1) for these reasons, or
    none.

    Only reasons that raise the probability are looked at. `today` is the day that an offer must be
    valid on. explain: whether to tell what became of every offer.
    """
    values = {**customer.__dict__, **context.__dict__}
    raising = frozenset(
        name for reason in reasons if reason.effect > 0 for name in reason.feature.split(" and ")
    )
    bill, assumptions = customer.MonthlyCharges, catalogue.assumptions
    form = context.channel, context.language
    limits = assumptions.price_floor, assumptions.likely_leaver_from, context.best_tariff
    question = _Question(values, raising, probability, bill, form, today, *limits)
    if not explain:
        decision = _quick(catalogue, question, assumptions.floor)
        if decision is not None:
            return decision
    plans, all_gates, *_ = catalogue.ready
    gates = [gate(values) for gate in all_gates]
    blocked = _veto(gates)
    judged = [_judge(plan, question, blocked) for plan in plans]
    weighing = _Weighing(
        question,
        judged,
        _best(judged, assumptions.floor),
        tuple(gates),
        assumptions.floor,
        catalogue.currency,
    )
    decision = _decision(weighing)
    if explain:
        return decision._replace(trace=_trace(weighing))
    return decision


def _quick(catalogue: Catalogue, question: _Question, floor: float) -> Decision | None:
    """The decision for an offer, without a word on the others; None where none wins, which all
    together explain.
    """
    values, (plans, _, gate_rules, _) = question.values, catalogue.ready
    if not _met(gate_rules, values):
        return None
    judged = list[_Judged]()
    for plan in plans:
        if _met(plan.rules, values) and _veto(_standing(plan, question)) is None:
            answers = _answers(plan, question)
            judged.append((plan, [], None, answers, _stake(plan, question, answers)))
    best = _best(judged, floor)
    return best and _decision(_Weighing(question, judged, best, (), floor, catalogue.currency))


def _met(rules: Sequence[Ready], values: Values) -> bool:
    """Whether no rule is a veto: a quick look, which makes no checks to show."""
    for name, met, required in rules:
        value = values[name]
        if required if value is None else not met(value):
            return False
    return True


def _judge(plan: Plan, question: _Question, blocked: Check | None) -> _Judged:
    checks = _standing(plan, question)
    checks += [check(question.values) for check in plan.checkers]
    veto, answers = blocked or _veto(checks), _answers(plan, question)
    return plan, checks, veto, answers, None if veto else _stake(plan, question, answers)


def _stake(plan: Plan, question: _Question, answers: bool) -> Stake:
    return appraise(plan.prospect, question.bill, question.probability, question.form[0], answers)


def _answers(plan: Plan, question: _Question) -> bool:
    """Whether the offer answers one of the reasons; one that claims to answer none in particular
    suits them all.
    """
    for name, met in plan.answers:
        if name in question.raising and met(question.values[name]):
            return True
    return not plan.answers


def _standing(plan: Plan, question: _Question) -> list[Check]:
    """The rules that hold for every offer and need no mention in the catalogue."""
    checks = [
        IN_TIME if plan.valid_from <= question.today <= plan.valid_until else OUT_OF_TIME,
        SPOKEN if question.form in plan.spoken else UNSPOKEN,
    ]
    if plan.adds_value:
        checks.append(STAYER if question.probability < question.likely_leaver_from else LEAVER)
    if plan.price is not None:
        bill = question.bill
        price = plan.price(bill)
        checks += _price(price, bill, question.price_floor), _tariff(price, question.best_tariff)
    return checks


def _price(price: float, bill: float, floor: float) -> Check:
    if price > bill:
        return PRICE_RAISED
    return PRICE_KEPT if price >= floor else PRICE_LOW


def _tariff(price: float, best: float | None) -> Check:
    if best is None:
        return TARIFF_UNKNOWN
    return BEST_TARIFF if price <= best else TARIFF_ABOVE


def _veto(checks: Sequence[Check]) -> Check | None:
    for check in checks:
        if check.result == "veto":
            return check
    return None


def _best(judged: list[_Judged], floor: float) -> _Judged | None:
    """The highest expected value above the floor; of equal ones the first by id, whatever the order
    of the file.
    """
    best, highest, first = None, floor, ""
    for one in judged:
        plan, stake = one[0], one[-1]
        if stake is None:
            continue
        value = stake.expected_value
        if value > highest or (value == highest and best is not None and plan.id < first):
            best, highest, first = one, value, plan.id
    return best


def _decision(weighing: _Weighing) -> Decision:
    eligible = tuple([one[0].offer.id for one in weighing.judged if one[2] is None])
    if weighing.best is None:
        return Decision(None, _why_none(weighing), None, eligible)
    plan, _, _, answers, stake = weighing.best
    money = (stake or _stake(plan, weighing.question, answers)).economics()
    return Decision(plan.offer, _outcome(weighing.best, money, weighing)[1], money, eligible)


def _trace(weighing: _Weighing) -> tuple[Candidate, ...]:
    question, gates, language = weighing.question, weighing.gates, weighing.question.form[1]
    found = []
    for one in weighing.judged:
        plan, checks, _, answers, stake = one
        money = (stake or _stake(plan, question, answers)).economics()
        outcome, why = _outcome(one, money, weighing)
        name = plan.names.get(language, plan.id)
        found.append(
            Candidate(plan.id, name, plan.kind, (*gates, *checks), money, answers, outcome, why)
        )
    return tuple(found)


def _outcome(one: _Judged, money: Economics, weighing: _Weighing) -> tuple[Outcome, str]:
    veto, floor = one[2], weighing.floor
    if veto is not None:
        return "vetoed", f"Not allowed: {veto.text}."
    value = f"Its expected value, {money.expected_value:,.2f} {weighing.currency}, is"
    if one is weighing.best:
        return "chosen", f"{value} the highest of the offers that are allowed."
    if weighing.best is None or money.expected_value <= floor:
        return "below_floor", f"{value} not above the floor of {floor:,.2f}."
    return "outbid", f"{value} not above that of {weighing.best[0].id}."


def _why_none(weighing: _Weighing) -> str:
    values = [stake.expected_value for *_, stake in weighing.judged if stake is not None]
    if values:
        best, floor = f"{max(values):,.2f} {weighing.currency}", f"{weighing.floor:,.2f}"
        return (
            f"No allowed offer pays: the best would bring {best}, which "
            f"is not above the floor of {floor}."
        )
    vetoes = {veto.text for _, _, veto, *_ in weighing.judged if veto is not None}
    if len(vetoes) == 1:
        return f"No offer may be made: {vetoes.pop()}."
    return (
        "No offer may be made: each is ruled out by a rule of its own."
        if vetoes
        else "The catalogue has no offer."
    )
