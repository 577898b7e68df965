"""What the glass box costs against boosting on the same customers."""

from collections.abc import Iterator

from churn_lib.training.evaluate import Result

AUC_SHORT = 0.005
LOG_LOSS_SHORT = 0.01
"""Further behind a tuned LightGBM than this is told plainly."""

SHORT = (
    "The score is further behind than it should be: this table has what no sum of curves and pairs "
    "can say. Whether reasons that are exact are worth that is yours to decide."
)


def gap(ours: Result, opponent: Result) -> Iterator[str]:
    """Both figures of both, and a sentence where the score is far behind."""
    if not opponent.metrics:
        yield f"{opponent.model} is not installed, and so nothing is known of the gap to it."
        return
    auc, rival_auc = (one.metrics["AUC"].mean for one in (ours, opponent))
    loss, rival_loss = (one.metrics["log loss"].mean for one in (ours, opponent))
    yield f"AUC {auc:.4f}, {opponent.model} {rival_auc:.4f}: {_signed(auc - rival_auc)}"
    yield f"Log loss {loss:.4f}, {opponent.model} {rival_loss:.4f}: {_signed(loss - rival_loss)}"
    if rival_auc - auc > AUC_SHORT or loss - rival_loss > LOG_LOSS_SHORT:
        yield SHORT


def _signed(difference: float) -> str:
    return f"{round(difference, 4) + 0.0:+.4f}"  # adding zero turns a negative zero into zero
