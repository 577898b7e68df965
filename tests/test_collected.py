"""What pytest has collected."""

from collections import Counter

import pytest


def test_every_test_has_an_id_of_its_own(request: pytest.FixtureRequest) -> None:
    """Of those that share one, pytest-xdist runs one and drops the others without a word."""
    times = Counter(item.nodeid for item in request.session.items)
    assert [nodeid for nodeid in times if times[nodeid] > 1] == []
