"""Who is made no offer, or one by chance, so that it can be shown what offers do.

Arms are drawn by a keyed hash of the experiment and the identifier: a customer stays in one arm for
ever, arms of two experiments have nothing to do with each other, and without the key nobody can say
who is in which. The policy decides for everybody; the arm only says what is done about it.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from churn_lib.log import Arm, Evidence
from churn_lib.offers.judged import Judged
from churn_lib.offers.terms import Experiment


class Keys(NamedTuple):
    """Of the arms, and of the names under which customers stand in the log."""

    arm: bytes
    unit: bytes


def keys_of(secret: str) -> Keys:
    """Two keys that tell nothing of each other."""
    content = secret.encode()
    return Keys(blake2b(content, person=b"arm").digest(), blake2b(content, person=b"unit").digest())


class Assignment(NamedTuple):
    """What an experiment does with one customer. unit: 32 hex digits."""

    experiment: Experiment
    arm: Arm
    unit: str
    key: bytes

    def picked(self, offers: Sequence[str]) -> str:
        """One of the offers, each as likely. The others do not matter to the order of any two: the
        same customer gets the same one when another comes or goes.
        """
        return max(offers, key=self._ticket)

    def _ticket(self, offer: str) -> bytes:
        return blake2b(f"{self.unit} {offer}".encode(), key=self.key, digest_size=8).digest()

    def propensity(self, made: str | None, would: str | None, eligible: Sequence[str]) -> float:
        """How likely what is done is, over all arms that this customer might be in.

        made, would: the offer that is made and the one that the policy would make, if any.
        """
        trial = self.experiment
        if would is None:
            return 1.0
        if made is None:
            return trial.holdout
        explored = trial.explore / len(eligible) if made in eligible else 0.0
        return explored + (trial.policy if made == would else 0.0)


def assigned(experiment: Experiment, keys: Keys, identifier: str) -> Assignment:
    """The arm of a customer, by shares of the experiment."""
    unit = blake2b(identifier.encode(), key=keys.unit, digest_size=16).hexdigest()
    text = f"{experiment.name} {identifier}".encode()
    drawn = int.from_bytes(blake2b(text, key=keys.arm, digest_size=8).digest()) / 2**64
    arm: Arm = "policy"
    if drawn < experiment.holdout:
        arm = "holdout"
    elif drawn < experiment.holdout + experiment.explore:
        arm = "explore"
    return Assignment(experiment, arm, unit, keys.arm)


def acted_on(
    paying: list[Judged], ranked: list[Judged], assignment: Assignment | None
) -> list[Judged]:
    """What is done where the policy would make the first of those that pay; the same list where it
    has its way.
    """
    if assignment is None or assignment.arm == "policy" or not paying:
        return paying
    if assignment.arm == "holdout":
        return []
    picked = assignment.picked([one.offer.id for one in ranked])
    return [one for one in ranked if one.offer.id == picked]


def evidence_of(
    acted: list[Judged],
    paying: list[Judged],
    ranked: list[Judged],
    assignment: Assignment | None,
) -> Evidence:
    """What the decision log holds of it."""
    found = Evidence()
    if assignment:
        ids = [one.offer.id for one in ranked]
        made, would = [one[0].offer.id if one else None for one in (acted, paying)]
        found = Evidence(
            assignment.experiment.name,
            assignment.arm,
            assignment.unit,
            propensity=assignment.propensity(made, would, ids),
        )
    if not paying:
        return found
    shown, would_be = (acted or paying)[0], paying[0]
    return found._replace(
        would_offer=would_be.offer.id,
        answers=shown.answers,
        would_answer=would_be.answers,
        value=shown.appraisal.value,
        cost=shown.appraisal.cost,
        contact_cost=shown.appraisal.contact_cost,
        expected_value=shown.appraisal.expected_value,
    )
