"""The score: an additive logistic regression as plain numbers, read from
`artifacts/scorecard.json`.

    logit(p) = intercept + sum of one effect per term

A term is `levels` (one number per category), a `curve` (straight lines between knots, flat outside
them) or a `pair` (a table over two curves, interpolated bilinearly, flat outside). Effects are
centred on the training data: an effect of 0.3 raises the log-odds by 0.3 compared with the average
customer. Intercept plus effects is the logit exactly.
"""

import hashlib
import json
import math
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from churn_lib.customer.model import Customer, describe
from churn_lib.errors import ArtifactError
from churn_lib.score.terms import Card, Values, read_card

SCORECARD = "scorecard.json"
MANIFEST = "manifest.json"
ARTIFACTS = Path(__file__).parents[2] / "artifacts"

SMALLEST_REASON = 0.05
"""Effects below this, in log-odds, change a probability by at most 0.0125 and are not worth a
sentence.
"""


class Score(NamedTuple):
    """Probability of leaving (0 to 1), its logit, and the effect of each term in log-odds."""

    probability: float
    logit: float
    effects: tuple[float, ...]


class Reason(NamedTuple):
    """One effect in plain words; `text` follows "This customer ..."."""

    feature: str
    value: str | float
    effect: float
    text: str


class Scorecard:
    """Scores customers. `version` is the beginning of the file's SHA-256."""

    def __init__(self, card: Card, version: str) -> None:
        self.card = card
        self.version = version
        self._features = [term.features for term in card.terms]
        self._effects = [term.effect() for term in card.terms]

    def score(self, customer: Customer) -> Score:
        """Probability, logit and effects of one customer."""
        values = customer.__dict__
        effects = tuple([effect(values) for effect in self._effects])
        logit = math.fsum((self.card.intercept, *effects))
        return Score(sigmoid(logit), logit, effects)

    def reasons(self, customer: Customer, score: Score, limit: int = 3) -> list[Reason]:
        """The strongest effects upward and downward, at most `limit` of each, strongest first."""
        ranked = sorted(range(len(score.effects)), key=score.effects.__getitem__)
        chosen = [i for i in ranked[:limit] if score.effects[i] <= -SMALLEST_REASON]
        chosen += [i for i in ranked[-limit:] if score.effects[i] >= SMALLEST_REASON]
        chosen.sort(key=lambda i: (-abs(score.effects[i]), -score.effects[i]))
        return [_reason(self._features[i], customer.__dict__, score.effects[i]) for i in chosen]


def load(folder: Path) -> Scorecard:
    """The scorecard of a folder of artifacts, when its SHA-256 is the one in the manifest.

    Raises ArtifactError when a file is missing or damaged, or the two do not belong together.
    """
    try:
        content, manifest = (folder / SCORECARD).read_bytes(), (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"{Path(str(error.filename)).name} can't be read: {error.strerror}"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != _expected(manifest):
        raise ArtifactError(
            f"{SCORECARD} is not the file that {MANIFEST} describes: their SHA-256 differ"
        )
    return Scorecard(read_card(content), digest[:12])


def _expected(manifest: bytes) -> str:
    try:
        return str(json.loads(manifest)["files"][SCORECARD])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactError(f"{MANIFEST} is damaged: it holds no SHA-256 of {SCORECARD}") from error


_shared: dict[Path, Scorecard] = {}
_loading = Lock()


def shared(folder: Path = ARTIFACTS) -> Scorecard:
    """The one scorecard of this process, loaded by whoever asks first. Raises ArtifactError."""
    if folder not in _shared:
        with _loading:
            if folder not in _shared:
                _shared[folder] = load(folder)
    return _shared[folder]


def _reason(features: tuple[str, ...], values: Values, effect: float) -> Reason:
    if len(features) == 1:
        (name,) = features
        return Reason(name, values[name], effect, describe(name, values[name]))
    both = ", ".join(str(values[name]) for name in features)
    return Reason(
        " and ".join(features),
        both,
        effect,
        " and ".join(describe(name, values[name]) for name in features),
    )


def sigmoid(logit: float) -> float:
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))
