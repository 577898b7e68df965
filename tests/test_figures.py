"""What the benchmarks count as reached."""

from churn_lib.training.evaluate import Estimate, Result
from tests.bench.bench_model import score_goals
from tests.bench.figures import at_least, at_most, not_measured, summary

GOALS = [at_most("time", 1.0, 2), at_least("rate", 1.0, 2), not_measured("load", "needs wrk")]


def test_a_goal_that_was_not_measured_is_neither_reached_nor_missed() -> None:
    assert [goal.reached for goal in GOALS] == [True, False, False]
    assert summary(GOALS) == "1 goals reached, 1 missed, 1 not measured"


def test_each_goal_says_what_became_of_it() -> None:
    assert [str(goal).split(":")[0] for goal in GOALS] == [
        "reached  time",
        "MISSED   rate",
        "NOT MEASURED  load",
    ]


def test_without_a_booster_there_is_no_best_one_to_be_as_good_as() -> None:
    metrics = {"AUC": Estimate(0.9, 0.0), "log loss": Estimate(0.3, 0.0)}
    goals = list(score_goals([Result("churn score", "", metrics), Result("LightGBM", "", {})]))
    assert [goal.measured for goal in goals] == [0.9, 0.3, 0, None]
