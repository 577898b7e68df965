"""The offer as SQL: which ones are allowed, what each brings and costs, and which is the best.

All numbers are those of the `Decider`. An offer that nobody in the table can get on that day, in
that channel and language, is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from churn_lib.customer.contact import Channel
from churn_lib.customer.model import FEATURES
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import OfferConstants
from churn_lib.offers.judged import Plan
from churn_lib.offers.linear import Line, Linear, expected, spending
from churn_lib.offers.rules import Rule
from churn_lib.scale.answers import Answers
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.environment import Environment, Part
from churn_lib.scale.expressions import PREFIX, Stage, case, match
from churn_lib.scale.money import check_cents, price, sum_of
from churn_lib.scale.request import Request
from churn_lib.scale.rules import met, never_met, vetoes
from churn_lib.words.segments import segments

OPEN, BILL, CENTS, MOST = (f"{PREFIX}{name}" for name in ("open", "bill", "cents", "most"))
RAISES, VALUE, BEST = f"{PREFIX}u", f"{PREFIX}o", f"{PREFIX}best"

TARIFF = "best_tariff"
"""The fact that no price may be above."""

SMALLEST = 1e-100
"""What is nearer to 0 makes no difference to any money."""

Lines = Callable[[OfferConstants, Channel, bool], Line]


def offer_stages(
    request: Request, dialect: Dialect, catalogue: Catalogue, environment: Environment
) -> Part:
    """`offer` and `expected_value`; with `each_offer` a `value_<n>` and `cost_<n>` of each as well.

    Where a contact is not allowed, or the row is faulty, no offer has a value. Raises InputError
    where bills may be too high.
    """
    offers = _Offers(request, dialect, catalogue, environment)
    each = offers.each() if request.each_offer else {}
    return Part(offers.stages(), {**offers.choice(), **each})


@dataclass(frozen=True)
class _Offers:
    request: Request
    dialect: Dialect
    catalogue: Catalogue
    environment: Environment

    @cached_property
    def plans(self) -> Mapping[int, Plan]:
        """All offers, by their place in the file from 1."""
        decider = Decider(self.catalogue, segments)
        return dict(enumerate(decider.plans(self.request.channel, self.request.language), 1))

    @cached_property
    def possible(self) -> Mapping[int, Plan]:
        """Those that somebody in the table may get."""
        if never_met(self.catalogue.contact, self.environment.values):
            return {}
        return {number: plan for number, plan in self.plans.items() if self._is_possible(plan)}

    def _is_possible(self, plan: Plan) -> bool:
        request, judge = self.request, plan.judge
        return (
            judge.is_valid(request.day)
            and judge.is_spoken(request.channel, request.language)
            and not never_met(plan.offer.rules, self.environment.values)
        )

    def stages(self) -> tuple[Stage, ...]:
        """What holds for all offers; the value of each, NULL where it is vetoed; the best value."""
        if not self.possible:
            return ()
        check_cents(plan.offer.terms for plan in self.possible.values())
        values = {f"{VALUE}{number}": self._value(number) for number in self.possible}
        least = [self._floor, *(f"COALESCE({value}, {self._floor})" for value in values)]
        best = {BEST: f"GREATEST({', '.join(least)})"}
        return {**self._common(), **self._raising()}, values, best

    def choice(self) -> Stage:
        """The best offer above the floor, of equal ones the first by id; with texts the reason that
        it answers.
        """
        if not self.possible:
            none = self._none(self.dialect.string)
            found = {"offer": none, "expected_value": self._none()}
            return found | ({"offer_reason": none} if self.request.texts else {})
        by_id = sorted((plan.offer.id, number) for number, plan in self.possible.items())
        ids = [(f"{VALUE}{number}", self.dialect.text(name)) for name, number in by_id]
        pays = f"{BEST} > {self._floor}"
        found = {"offer": case([(pays, match(BEST, ids))]), "expected_value": case([(pays, BEST)])}
        if self.request.texts:
            answers = Answers(self.environment, self.dialect)
            said = [
                (f"{VALUE}{number}", answers.of(self.possible[number].offer.answers))
                for _, number in by_id
            ]
            found["offer_reason"] = case([(pays, match(BEST, said))])
        return found

    def each(self) -> Stage:
        """The value of each offer and its expected cost, NULL where it is not allowed."""
        return dict(column for number in self.plans for column in self._columns(number))

    def _columns(self, number: int) -> Iterator[tuple[str, str]]:
        value = cost = self._none()
        if number in self.possible:
            value = f"{VALUE}{number}"
            cost = case([(f"{value} IS NOT NULL", self._money(number, spending))])
        yield f"value_{number}", value
        yield f"cost_{number}", cost

    def _common(self) -> Stage:
        """The probability where a contact is allowed at all; the bill, and the most that any price
        may be.
        """
        dialect, environment = self.dialect, self.environment
        bill, tariff = environment.bill, environment.values.get(TARIFF)
        cents = f"{bill} * {dialect.number(100.0)} + {dialect.number(0.5)}"
        return {
            OPEN: self._unless(
                self._vetoes(self.catalogue.contact),
                dialect.calm(environment.probability, SMALLEST),
            ),
            BILL: dialect.calm(bill, SMALLEST),
            CENTS: f"FLOOR({cents})",
            MOST: f"LEAST({bill}, COALESCE({tariff}, {bill}))" if tariff else bill,
        }

    def _raising(self) -> Stage:
        """Whether the reasons that offers answer raise the probability."""
        answers = [one for plan in self.possible.values() for one in plan.offer.answers]
        fields = dict.fromkeys(condition.field for condition in answers)
        return {_raises(field): self.environment.raising(field) for field in fields}

    def _value(self, number: int) -> str:
        plan, assumed = self.possible[number], self.catalogue.assumptions
        vetoed = self._vetoes(plan.offer.rules)
        if plan.offer.kind == "value_added":
            vetoed.append(f"{OPEN} >= {self.dialect.number(assumed.likely_leaver_from)}")
        if told := price(plan.offer.terms, BILL, CENTS, self.dialect):
            lowest = self.dialect.number(assumed.price_floor)
            vetoed.append(f"{told} NOT BETWEEN {lowest} AND {MOST}")
        return self._unless(vetoed, self._money(number, expected))

    def _money(self, number: int, lines: Lines) -> str:
        plan = self.possible[number]
        answering, other = (
            lines(plan.constants, self.request.channel, answers) for answers in (True, False)
        )
        slope = self._either(plan, answering.slope, other.slope)
        return f"{OPEN} * ({slope}) + {self._either(plan, answering.rest, other.rest)}"

    def _either(self, plan: Plan, answering: Linear, other: Linear) -> str:
        """By whether the offer answers a reason, where that makes a difference."""
        found = sum_of(answering, BILL, self.dialect)
        if answering == other or not plan.judge.claims:
            return found
        answers = " OR ".join(self._answers(plan))
        return case([(answers, found)], sum_of(other, BILL, self.dialect))

    def _answers(self, plan: Plan) -> Iterator[str]:
        for condition in plan.offer.answers:
            fits = met(condition, self.environment.values[condition.field], self.dialect)
            yield f"{_raises(condition.field)} AND {fits}"

    def _vetoes(self, rules: Iterable[Rule]) -> list[str]:
        return [*vetoes(rules, self.environment.values, self.dialect)]

    def _unless(self, vetoed: list[str], expression: str) -> str:
        """NULL where one of these is true."""
        return case([(" OR ".join(vetoed), "NULL")], expression) if vetoed else expression

    def _none(self, kind: str = "") -> str:
        return f"CAST(NULL AS {kind or self.dialect.double})"

    @property
    def _floor(self) -> str:
        return self.dialect.number(self.catalogue.assumptions.floor)


def _raises(attribute: str) -> str:
    return f"{RAISES}{FEATURES.index(attribute)}"
