"""The one shape of an answer: documents, command line and trials are made from it.

No answer needs it, so whoever gives one does without, and names it as a type alone.
"""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from churn_lib.log import Arm
from churn_lib.offers.shape import NoOffer, Offer, Said
from churn_lib.score.scorecard import Risk, bands
from churn_lib.score.shape import Explanation
from churn_lib.settings import ScoreSettings

Version = Annotated[str, Field(pattern=r"^[\w.+-]{1,40}$")]
Probability = Annotated[float, Field(ge=0, le=1)]
DecisionId = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{32}$",
        description="name of this decision, by which `/outcomes` and the decision log know it",
        examples=["bf8fca13db0e485f90b60abfaff78966"],
    ),
]
ModelVersion = Annotated[
    Version,
    Field(description="the model: beginning of its SHA-256", examples=["49e6a1496f62"]),
]
CatalogueVersion = Annotated[
    Version, Field(description="the catalogue of offers, as its owner named it", examples=["1.1.0"])
]


class Versions(TypedDict):
    """What made an answer."""

    model_version: ModelVersion
    catalogue_version: NotRequired[CatalogueVersion]


class Metadata(Versions):
    """Which decision this is, and what made it."""

    decision_id: DecisionId
    arm: Annotated[
        Arm,
        Field(
            description="`policy`: the best offer; in an experiment also `holdout`, no offer, and "
            "`explore`, one by chance",
            examples=["policy"],
        ),
    ]
    latency_ms: Annotated[
        float,
        Field(ge=0, description="milliseconds spent inside the function", examples=[0.412]),
    ]


class Identified(TypedDict, total=False):
    """The caller's own name for the customer, where one was sent."""

    customerID: Annotated[
        str, Field(description="your name for the customer, as sent", examples=["7590-VHVEG"])
    ]


class Answer(Identified, Explanation):
    """Probability of leaving, exact reasons in log-odds, the offer that pays, and what to say."""

    churn_probability: Annotated[
        Probability, Field(description="of leaving, from 0 to 1", examples=[0.6516629763545101])
    ]
    risk: Annotated[
        Risk,
        Field(
            description=f"{bands(ScoreSettings())}, unless RISK_MEDIUM_FROM and RISK_HIGH_FROM say "
            "otherwise",
            examples=["medium"],
        ),
    ]
    marketing_offer: Said
    offer: Annotated[Offer | NoOffer, Field(description="the offer, or why there is none")]
    metadata: Annotated[Metadata, Field(description="of the decision, and what made it")]
