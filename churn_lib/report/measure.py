"""Measures all that a report shows, from the customers and the artifacts of a folder."""

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from churn_lib.customer.model import SCHEMA
from churn_lib.offers.catalogue import OFFERS
from churn_lib.offers.catalogue import load as load_catalogue
from churn_lib.report.added import Variant, change, features_of, mean_of, variants
from churn_lib.report.canaries import canaries, chance_error, leak_of, shuffled
from churn_lib.report.curves import calibration, curves
from churn_lib.report.evaluation import (
    Change,
    Evaluation,
    Feature,
    Money,
    Protocol,
    Side,
    code_digest,
)
from churn_lib.report.expected import REPORT, load, made_of
from churn_lib.report.faults import data_of
from churn_lib.report.groups import groups_of
from churn_lib.report.money import Asked, Decided, decided, money_of
from churn_lib.score.scorecard import SCORECARD
from churn_lib.score.scorecard import load as load_card
from churn_lib.training.choose import (
    INNER_FOLDS,
    RECIPES,
    Choice,
    Progress,
    Recipe,
    choose,
    silent,
)
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import FOLDS, REPEATS, Model, Result, checked, evaluate, ours
from churn_lib.training.folds import Twins, split, twins
from churn_lib.training.learner import Floats
from churn_lib.training.shapes import shapes

LIBRARIES = (
    "catboost",
    "interpret-core",
    "lightgbm",
    "numpy",
    "polars",
    "scikit-learn",
    "scipy",
    "statsmodels",
    "xgboost-cpu",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how. folder: of the artifacts. opponents: beside the score itself, of
    which recipes are the ones to choose from.
    """

    folder: Path
    opponents: Sequence[Model]
    today: date
    seed: int
    repeats: int = REPEATS
    folds: int = FOLDS
    recipes: Sequence[Recipe] = RECIPES
    n_jobs: int = -1


def digests(folder: Path, sha256: str) -> dict[str, str]:
    """SHA-256 of all that the figures follow from; `sha256` is the data's."""
    files = {"scorecard": SCORECARD, "catalogue": OFFERS, "expectations": REPORT}
    found = {name: _digest(folder / file) for name, file in files.items()}
    return {"data": sha256, "schema": SCHEMA.digest, **found, "code": code_digest()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "none"


def measured(
    path: Path, dataset: Dataset, plan: Plan, progress: Progress = silent
) -> tuple[Evaluation, list[Result]]:
    """All figures, and those of the comparison as they are.

    path: of the file that holds the customers. Raises ArtifactError where the folder has no
    scorecard, or a faulty catalogue, and DataError where there are too few customers.
    """
    return _Bench(path, checked(dataset), plan, progress).evaluation()


class _Bench:
    """The customers and the artifacts, and the steps of the measurement."""

    def __init__(self, path: Path, dataset: Dataset, plan: Plan, progress: Progress) -> None:
        self._path, self._dataset, self._plan, self._progress = path, dataset, plan, progress
        # Before anybody can change a file while this takes its minutes.
        self._digests = digests(plan.folder, dataset.sha256)
        self._card = load_card(plan.folder)
        catalogue = plan.folder / OFFERS
        self._catalogue = load_catalogue(catalogue) if catalogue.exists() else None
        self._expected = load(plan.folder)
        self._made = made_of(self._expected, dataset.frame)
        self._twins: Twins = twins(dataset.frame, dataset.left)

    def evaluation(self) -> tuple[Evaluation, list[Result]]:
        dataset, plan = self._dataset, self._plan
        choice = self._choice()
        results = self._results([ours(plan.recipes), *plan.opponents], dataset, "All models")
        probabilities = results[0].probabilities
        made, money = self._money(probabilities)
        protected, all_features = self._changes(choice)
        leak = leak_of(dataset, plan.folds, plan.seed)
        evaluation = Evaluation(
            digests=self._digests,
            protocol=self._protocol(),
            data=data_of(self._path, dataset, self._twins),
            recipe=choice.recipe.name,
            log_losses=dict(choice.log_losses),
            sides=tuple(map(_side, results)),
            curves=curves(dataset.left, probabilities),
            calibration=calibration(dataset.left, probabilities, plan.seed),
            money=money,
            groups=tuple(groups_of(dataset, probabilities, made)),
            protected=tuple(protected),
            features=tuple(self._features(results[0])),
            all_features=all_features,
            leak=leak,
            canaries=tuple(
                canaries(
                    results,
                    self._by_chance(choice),
                    chance_error(dataset.left),
                    leak,
                    self._expected.highest_auc,
                )
            ),
            shapes=tuple(shapes(self._card.card, dataset.frame)),
        )
        return evaluation, results

    def _money(self, probabilities: Floats) -> tuple[Decided | None, Money | None]:
        catalogue = self._catalogue
        if catalogue is None:
            return None, None
        made = decided(Asked(self._card, catalogue, self._plan.today), self._dataset, probabilities)
        return made, money_of(made, probabilities, catalogue)

    def _choice(self) -> Choice:
        folds = split(self._dataset.left, self._twins.groups, INNER_FOLDS, self._plan.seed)
        return choose(
            self._dataset.frame,
            self._dataset.left,
            folds,
            self._plan.seed,
            recipes=self._plan.recipes,
            progress=self._progress,
        )

    def _results(self, models: Sequence[Model], dataset: Dataset, what: str) -> list[Result]:
        plan = self._plan
        return evaluate(
            dataset,
            models,
            self._twins.groups,
            seed=plan.seed,
            folds=plan.folds,
            repeats=plan.repeats,
            n_jobs=plan.n_jobs,
            progress=lambda _, done, total: self._progress(what, done, total),
        )

    def _chosen(self, choice: Choice, dataset: Dataset, what: str) -> Result:
        """The chosen recipe alone, tuned anew in each fold."""
        return self._results([ours([choice.recipe])], dataset, what)[0]

    def _changes(self, choice: Choice) -> tuple[list[Change], Change | None]:
        more, made = variants(self._dataset, self._made)
        if not more and made is None:
            return [], None
        base = self._chosen(choice, self._dataset, "As it is")

        def changed(variant: Variant) -> Change:
            what = f"With {variant.added}"
            result = self._chosen(choice, variant.dataset, what)
            return change(variant.added, result, base, self._plan.folds)

        return [changed(one) for one in more], changed(made) if made else None

    def _by_chance(self, choice: Choice) -> float:
        mixed = shuffled(self._dataset, self._plan.seed)
        return self._chosen(choice, mixed, "Shuffled answers").metrics["AUC"].mean

    def _features(self, score: Result) -> list[Feature]:
        folds = split(self._dataset.left, self._twins.groups, self._plan.folds, self._plan.seed)
        return [*features_of(self._made, self._dataset.left, score.probabilities, folds)]

    def _protocol(self) -> Protocol:
        plan = self._plan
        versions = {name: found for name in LIBRARIES if (found := _version(name))}
        return Protocol(
            seed=plan.seed,
            folds=plan.folds,
            repeats=plan.repeats,
            day=plan.today.isoformat(),
            versions={**versions, "python": platform.python_version()},
        )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _side(result: Result) -> Side:
    metrics = {name: mean_of(estimate) for name, estimate in result.metrics.items()}
    return Side(model=result.model, tuning=result.tuning, metrics=metrics)
