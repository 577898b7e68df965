"""Which numbers the score was trained on."""

from collections.abc import Iterator, Mapping, Sequence

from churn_lib.customer.model import NOTES, NUMBERS
from churn_lib.score.terms import Card, Curve, Pair


def trained(card: Card) -> Mapping[str, tuple[float, float]]:
    """Lowest and highest number of the training data, by attribute, where the card shows them.

    What it says of them in `trained` counts; else the first and last knots of curves and pairs do.
    Edges of steps and tables are no ends: a whole bin of customers lies below the lowest and
    another one above the highest. So numbers with edges alone are outside of nothing.
    """
    axes = list(_axes(card))
    found = dict(card.trained)
    for name in [*NUMBERS, *card.made]:
        ends = [(knots[0], knots[-1]) for feature, knots in axes if feature == name]
        if ends and name not in found:
            lowest, highest = min(low for low, _ in ends), max(high for _, high in ends)
            # Months have no knot at 0, though there are such customers in the training data.
            is_whole = name in NOTES and NOTES[name].whole
            found[name] = lowest - is_whole, highest
    return found


def _axes(card: Card) -> Iterator[tuple[str, Sequence[float]]]:
    for term in card.terms:
        if isinstance(term, Curve):
            yield term.feature, term.knots
        elif isinstance(term, Pair):
            yield from zip(term.features, term.knots, strict=True)
