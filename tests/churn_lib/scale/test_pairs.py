import numpy as np

from churn_lib.scale.pairs import joined, pairs

UNKNOWN = np.nan
VALUES = np.array([[3.0, UNKNOWN], [UNKNOWN, UNKNOWN], [0.0, -1.0], [2.0, 5.0]])
COSTS = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [UNKNOWN, 4.0]])


def test_a_pair_has_a_value_above_nothing_and_a_cost() -> None:
    found = pairs(VALUES, COSTS, first_row=10)
    assert found.row.tolist() == [10, 13]
    assert found.offer.tolist() == [0, 1]
    assert found.value.tolist() == [3.0, 5.0]
    assert found.cost.tolist() == [1.0, 4.0]


def test_the_parts_of_a_file_make_the_pairs_of_the_whole() -> None:
    whole = pairs(VALUES, np.ones_like(VALUES))
    parts = [pairs(VALUES[at : at + 1], np.ones((1, 2)), at) for at in range(4)]
    np.testing.assert_equal(tuple(joined(parts)), tuple(whole))


def test_what_is_used_is_money_then_contacts_then_places() -> None:
    found = pairs(VALUES, COSTS)
    assert found.used(np.array([0, 1]), offers=3).tolist() == [5.0, 2.0, 1.0, 1.0, 0.0]
