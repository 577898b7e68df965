"""`model_card.md` from what was measured: every figure in it is one of `evaluation.json`."""

from collections.abc import Iterable, Iterator

from churn_lib.customer.model import NOTES, SCHEMA
from churn_lib.report.evaluation import Change, Evaluation, Feature, Group, Side
from churn_lib.report.tables import NAMES, gain, interval, money, percent, plus_minus, table
from churn_lib.training.model_card import USE, twins_told

GROUP_FIGURES = {"AUC": 3, "calibration": 3, "offer rate": 3, "depth": 0, "value": 0}
"""The figures of a group in their order, each with its decimals."""


def model_card(evaluation: Evaluation) -> str:
    sections = {
        "In short": _short(evaluation),
        "Intended use": [USE],
        "Data and its faults": _data(evaluation),
        "How it was chosen": _choice(evaluation),
        "How good it is": _models(evaluation),
        "Ranking": _ranking(evaluation),
        "Calibration": _calibration(evaluation),
        "Profit": _profit(evaluation),
        "Protected attributes": _protected(evaluation),
        "Groups": _groups(evaluation),
        "Columns worked out": _features(evaluation),
        "Canaries": _canaries(evaluation),
        "Limits": _limits(evaluation),
        "Shapes": _shapes(evaluation),
        "How to measure again": _again(evaluation),
    }
    parts = [f"## {title}\n\n" + "\n".join(lines) for title, lines in sections.items()]
    head = f"# Model card: who leaves the {SCHEMA.business}"
    return "\n\n".join([head, *parts]) + "\n"


def _short(evaluation: Evaluation) -> Iterator[str]:
    ours, data = evaluation.sides[0], evaluation.data
    failed = [one.name for one in evaluation.canaries if not one.holds]
    auc, loss = (plus_minus(ours.metrics[name]) for name in ("AUC", "log loss"))
    yield f"* AUC {auc}, log loss {loss}"
    yield f"* Measured on {data.customers:,} customers, of whom {percent(data.left)} left"
    yield "* An additive score: intercept and effects add up to the log-odds, so reasons are exact"
    for name in failed:
        yield f"* **Does not hold: {name}. Believe no figure here before you know why.**"
    if not failed:
        yield f"* All {len(evaluation.canaries)} canaries hold"


def _data(evaluation: Evaluation) -> Iterator[str]:
    data = evaluation.data
    yield f"* {data.customers:,} customers, of whom {percent(data.left)} left"
    yield f"* {data.attributes} attributes are used"
    yield (
        f"* {data.doubled:,} rows equal another one in all attributes; {data.contradicting:,} of "
        "these have no equal with the same answer. Equal rows share a fold"
    )
    yield from (f"* Blank cells in {_label(name)}: {count:,}" for name, count in data.blank.items())
    yield from (
        f"* {_label(name)} is not known of {count:,}" for name, count in data.unknown.items()
    )
    yield from (f"* {_label(name)} is the same for all" for name in data.constant)
    if told := twins_told(data.twins, data.agreement, data.chance):
        yield f"* **Twins.** {told}"
    yield f"* SHA-256 of the file: `{evaluation.digests['data']}`"
    for heading, reason in SCHEMA.ignored.items():
        yield f"* Left out: {heading}, {reason}"


def _label(name: str) -> str:
    return NOTES[name].label if name in NOTES else name


def _choice(evaluation: Evaluation) -> Iterator[str]:
    yield (
        f"**{evaluation.recipe}** is chosen on these data: the simplest recipe within chance of "
        "the lowest log loss of the inner folds. In each outer fold it is chosen and tuned anew."
    )
    yield ""
    rows = ([name, f"{loss:.4f}"] for name, loss in evaluation.log_losses.items())
    yield from table(["recipe", "log loss of the inner folds"], rows)


def _models(evaluation: Evaluation) -> Iterator[str]:
    told = evaluation.protocol
    names = [*evaluation.sides[0].metrics]
    yield (
        f"Means of {told.repeats} times {told.folds} folds, the same for all models, each tuned "
        "on the other folds alone; standard errors as Nadeau and Bengio (2003)."
    )
    yield ""
    yield from table(["model", *names], (_side(one, names) for one in evaluation.sides))
    yield ""
    yield _picture("models", "AUC of each model with its standard error")


def _side(side: Side, names: Iterable[str]) -> list[str]:
    if not side.metrics:
        return [side.model, *("not installed" for _ in names)]
    return [side.model, *(plus_minus(side.metrics[name]) for name in names)]


def _ranking(evaluation: Evaluation) -> Iterator[str]:
    gains = dict(evaluation.curves.gains)
    told = [f"{share * 100:.0f} % hold {percent(gains[share])}" for share in (0.1, 0.2, 0.3)]
    yield f"Of the customers, the riskiest {', '.join(told)} of all who left."
    yield ""
    yield _picture("ranking", "ROC, precision and recall, gains")


def _calibration(evaluation: Evaluation) -> Iterator[str]:
    found = evaluation.calibration
    yield (
        f"Expected calibration error {found.error:.4f}. A perfect model would show "
        f"{found.by_chance:.4f} by chance, and less than {found.highest_by_chance:.4f} in 95 of "
        f"100 cases; so what is left is {found.corrected:.4f}. All out of fold, the mean of the "
        "repeats."
    )
    yield ""
    yield from table(
        ["customers", "mean probability", "left", "95 % interval"],
        (
            [
                f"{one.customers:,}",
                f"{one.predicted:.3f}",
                f"{one.left:.3f}",
                f"{one.low:.3f} to {one.high:.3f}",
            ]
            for one in found.bins
        ),
    )
    yield ""
    yield _picture("calibration", "Share who left by probability, with 95 % intervals")


def _profit(evaluation: Evaluation) -> Iterator[str]:
    found = evaluation.money
    if found is None:
        yield "The folder has no catalogue, and so nothing is said of profit."
        return
    yield (
        f"By the catalogue {found.catalogue}, in {found.currency}, of 1,000 customers beside no "
        f"offers: the policy makes an offer to {percent(found.contacted)} and brings "
        f"{money(found.profit.mean)} ± {money(found.profit.error)} with who really left, where "
        f"{money(found.expected)} was expected. How many accept is the catalogue's assumption; "
        "only an experiment shows it (`churn lift`)."
    )
    yield ""
    yield _picture("profit", "Profit by the share of customers who are contacted")


def _protected(evaluation: Evaluation) -> Iterator[str]:
    if not evaluation.protected:
        yield "The schema has none."
        return
    yield "Used for nothing. What the chosen recipe would gain by them, on the same folds:"
    yield ""
    yield from _changes(evaluation.protected)


def _changes(changes: Iterable[Change]) -> Iterator[str]:
    yield from table(
        ["with", "AUC", "log loss"],
        ([one.added, gain(one.auc), gain(one.log_loss)] for one in changes),
    )


def _groups(evaluation: Evaluation) -> Iterator[str]:
    if not evaluation.groups:
        yield "The schema has no protected attribute, and so no groups."
        return
    yield (
        "With 95 % intervals. Bold is what differs from the attribute's other customers, of "
        "calibration from 0, by more than chance after Holm's correction over all groups. "
        "Calibration is the mean probability less the share who left; depth is what an offer costs "
        "when it is used, and value what it is expected to bring, of those who get one."
    )
    yield ""
    headings = ["group", "customers", "left", *GROUP_FIGURES]
    yield from table(headings, map(_group, evaluation.groups))
    yield ""
    yield _picture("groups", "AUC, calibration and offer rate of each group")


def _group(group: Group) -> list[str]:
    figures = [
        interval(group.figures[name], digits) if name in group.figures else "too few to tell"
        for name, digits in GROUP_FIGURES.items()
    ]
    name = f"{group.attribute}: {group.name}"
    return [name, f"{group.customers:,}", percent(group.left), *figures]


def _features(evaluation: Evaluation) -> Iterator[str]:
    if not evaluation.features:
        yield "None is proposed in `report.toml`."
        return
    yield (
        "Each beside the score's own log-odds, on the same folds. What is made of one attribute is "
        "spanned by that attribute's term: exactly by levels, as near as its knots by a curve."
    )
    yield ""
    yield from table(
        ["column", "made as", "of", "AUC", "log loss"], map(_feature, evaluation.features)
    )
    if evaluation.all_features:
        yield ""
        yield "And the chosen recipe, when it is given all of them:"
        yield ""
        yield from _changes([evaluation.all_features])


def _feature(one: Feature) -> list[str]:
    of = ", ".join(map(_label, one.of))
    spanned = f"{of}: spanned" if len(one.of) == 1 else of
    return [one.name, f"`{one.expression}`", spanned, gain(one.auc), gain(one.log_loss)]


def _canaries(evaluation: Evaluation) -> Iterator[str]:
    yield from table(
        ["", "what must hold", "found", "at most"],
        (
            [
                "holds" if one.holds else "**FAILS**",
                one.name,
                f"{one.found:.4f}",
                f"{one.bound:.4f}",
            ]
            for one in evaluation.canaries
        ),
    )
    leak = evaluation.leak
    yield ""
    yield (
        "What a leak looks like: a forest of 100 trees, where the rarer kind is copied before the "
        f"split, has an AUC of {leak.leaked:.4f}; without copies {leak.honest:.4f}."
    )


def _limits(evaluation: Evaluation) -> Iterator[str]:
    yield "* It says who leaves, not whom an offer keeps."
    yield "* It knows the time of its data; customers and prices change."
    yield "* Groups are those of the schema; for others nothing is known."
    yield (
        "* The figures are of the recipe, chosen anew in each fold. The scorecard that serves was "
        "made on all customers, perhaps by an earlier version of the recipe."
    )
    yield "* The data come from one place and one time; other companies' customers differ."
    if evaluation.protocol.repeats == 1:
        yield "* One repeat of the folds: another seed gives other figures."


def _shapes(evaluation: Evaluation) -> Iterator[str]:
    yield _picture("shapes", "The effect of each attribute")
    yield ""
    yield from evaluation.shapes


def _again(evaluation: Evaluation) -> Iterator[str]:
    told = evaluation.protocol
    yield (
        f"`churn evaluate FILE --seed {told.seed} --repeats {told.repeats}`, then `churn report "
        f"FILE`. Offers were decided on {told.day}. Measured with:"
    )
    yield ""
    yield from (f"* {name} {version}" for name, version in told.versions.items())
    yield from (f"* {name}: `{digest}`" for name, digest in evaluation.digests.items())


def _picture(name: str, words: str) -> str:
    return f"![{words}]({NAMES[name]})"
