"""Which shape and penalty win."""

import numpy as np
from churn_lib.training.features import Candidate, Shape

from churn_lib.training.choose import PENALTIES, SHAPES, choose
from churn_lib.training.data import Dataset
from tests.churn_lib.training.conftest import PLAIN


def test_a_curve_that_is_needed_is_found(dataset: Dataset) -> None:
    flat = Shape(curves={**PLAIN.curves, "tenure": (71.0, 72.0)})
    choice = choose(dataset.frame, dataset.left, seed=1, shapes=[flat, PLAIN], penalties=[0.02])
    assert choice.candidate == Candidate(shape=PLAIN, penalty=0.02)


def test_of_two_shapes_that_are_equally_good_the_first_wins(dataset: Dataset) -> None:
    idle = Shape(curves={**PLAIN.curves, "tenure": (1.0, 6.0, 24.0, 72.0, 300.0)})
    for shapes in ([PLAIN, idle], [idle, PLAIN]):
        choice = choose(dataset.frame, dataset.left, seed=1, shapes=shapes, penalties=[0.02])
        assert choice.candidate.shape == shapes[0]


def test_noise_gets_the_strongest_penalty(dataset: Dataset) -> None:
    noise = np.random.default_rng(10).permutation(dataset.left)
    choice = choose(dataset.frame, noise, seed=1, shapes=[PLAIN], penalties=[1e-6, 1.0, 1000.0])
    assert choice.candidate.penalty == 1e-6


def test_simple_candidates_come_before_complex_ones() -> None:
    assert len(SHAPES) == len({repr(shape) for shape in SHAPES})
    assert not SHAPES[0].pairs
    assert list(PENALTIES) == sorted(PENALTIES)
