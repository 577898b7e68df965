"""What offers really do in a simulated world, where that is not what the catalogue assumes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from churn_lib.errors import ArtifactError
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import Belief, OfferConstants
from churn_lib.offers.generosity import mean_at
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import Assumptions, Name, Part, Share
from churn_lib.toml import as_json, read_toml


class Effect(Part):
    """What one offer does, as shares; what is left out is as the catalogue assumes.

    saves, saves_otherwise: of the leavers, where it answers a reason and where not; of a
    value-added offer, of the loyal who take it. deadweight: of the loyal who take it for nothing.
    sleeping_dogs: of the loyal whom it makes leave. leaves_all_the_same: of the leavers who accept
    and leave. delays: days by which it puts off the leaving of those whom it does not save.
    """

    saves: Share | None = None
    saves_otherwise: Share | None = None
    deadweight: Share | None = None
    sleeping_dogs: Share | None = None
    leaves_all_the_same: Share = 0.0
    delays: Annotated[int, Field(ge=0, le=365)] = 0


class Calibration(Part):
    """The true log-odds of leaving are `a + b * logit(score)`."""

    a: float = 0.0
    b: Annotated[float, Field(gt=0, le=10)] = 1.0


class Unreported(Part):
    """Shares of outcomes that nobody reports, by arm."""

    holdout: Share = 0.0
    explore: Share = 0.0
    policy: Share = 0.0


class Truth(Part):
    """days: how long leavers take on average. silent: nobody reports that a customer stayed."""

    calibration: Calibration = Calibration()
    days: Annotated[float, Field(gt=0, le=365)] = 36.0
    unreported: Unreported = Unreported()
    silent: bool = False
    offers: dict[Name, Effect] = Field(default_factory=dict)

    def of(self, offer: Offer) -> Effect:
        """What is said of an offer."""
        return self.offers.get(offer.id, Effect())

    def constants(self, offer: Offer, assumptions: Assumptions) -> OfferConstants:
        """The money of an offer with its true effects in the place of the assumed ones."""
        told, half = self.of(offer), assumptions.generosity_half
        known = offer_constants(offer.terms, offer.cost, offer.economy, assumptions)
        dogs, loyal = told.sleeping_dogs, told.deadweight
        return known._replace(
            answering=_sure(known.answering, told.saves, half),
            other=_sure(known.other, told.saves_otherwise, half),
            deadweight=known.deadweight if loyal is None else loyal,
            sleeping_dogs=known.sleeping_dogs if dogs is None else dogs,
        )


def _sure(assumed: Belief, share: float | None, half: float) -> Belief:
    """share: at the offer's reference; what it is at its terms follows the curve."""
    if share is None:
        return assumed
    return assumed._replace(mean=mean_at(share, assumed.generosity, half) if share else 0.0)


def _faults(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_input=False, include_url=False):
        message = detail["msg"].replace("Input should be", "must be")
        yield f"{'.'.join(map(str, detail['loc']))}: {message}"


def read_truth(path: Path, catalogue: Catalogue) -> Truth:
    """The truth in a file. Raises ArtifactError, also where it tells of no offer of these."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ArtifactError(f"{path.name} can't be read") from None
    tables = read_toml(text, path.name)
    try:
        found = Truth.model_validate_json(as_json(tables))
    except ValidationError as error:
        raise ArtifactError(f"{path.name}: {'; '.join(_faults(error))}") from None
    unknown = found.offers.keys() - {offer.id for offer in catalogue.offers}
    if unknown:
        raise ArtifactError(f"{path.name}: offers: the catalogue has no {min(unknown)}")
    return found
