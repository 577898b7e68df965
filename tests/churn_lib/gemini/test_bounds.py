"""Slots, budget and breaker, on a clock that is set by hand."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.errors import FallbackReason, WriterError
from churn_lib.gemini.bounds import Breaker, Budget, CallSlots
from tests.churn_lib.gemini.writing import Clock


def run(breaker: Breaker, reason: FallbackReason | None = None) -> str:
    """One call that fails with the reason, or succeeds; what the breaker made of it."""
    try:
        with breaker.watched():
            if reason:
                raise WriterError(reason)
    except WriterError as error:
        return error.reason
    return "ok"


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(Breaker.CALLS):
        run(breaker, "unavailable")
    return breaker


def test_a_slot_is_free_again_when_its_call_ends() -> None:
    slots = CallSlots(1)
    with slots.taken():
        with pytest.raises(WriterError) as caught, slots.taken():
            pass
        assert caught.value.reason == "busy"
    with slots.taken():
        pass


@given(st.integers(1, 5), st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_no_sixty_seconds_hold_more_calls_than_the_budget(
    calls: int, gaps: Sequence[float]
) -> None:
    clock, made = Clock(), []
    budget = Budget(calls, clock)
    for gap in gaps:
        clock.now += gap
        with suppress(WriterError):
            budget.spend()
            made.append(clock.now)
    assert all(
        sum(start <= time < start + Budget.WINDOW for time in made) <= calls for start in made
    )


def test_a_spent_budget_is_full_again_after_a_minute() -> None:
    clock = Clock()
    budget = Budget(2, clock)
    budget.spend()
    budget.spend()
    assert budget.left() == 0
    clock.now += 60
    assert budget.left() == 2


@pytest.mark.parametrize(("faults", "state"), [(4, "closed"), (5, "open"), (10, "open")])
def test_half_of_ten_calls_open_the_breaker(faults: int, state: str) -> None:
    breaker = Breaker(Clock())
    for number in range(Breaker.CALLS):
        run(breaker, None if number < Breaker.CALLS - faults else "timeout")
    assert breaker.state == state


def test_nine_faults_are_too_few_to_judge() -> None:
    breaker = Breaker(Clock())
    assert [run(breaker, "timeout") for _ in range(9)] == ["timeout"] * 9
    assert breaker.state == "closed"


def test_faults_of_more_than_thirty_seconds_ago_are_forgotten() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(9):
        run(breaker, "unavailable")
    clock.now += 31
    run(breaker, "unavailable")
    assert breaker.state == "closed"


@pytest.mark.parametrize("reason", ["busy", "budget", "secret_unavailable"])
def test_a_call_that_was_not_made_says_nothing_of_gemini(reason: FallbackReason) -> None:
    breaker = Breaker(Clock())
    for _ in range(20):
        run(breaker, reason)
    assert breaker.state == "closed"


@pytest.mark.parametrize("reason", ["blocked", "truncated", "bad_answer", "guard"])
def test_an_answer_that_can_not_be_used_is_no_failure(reason: FallbackReason) -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += Breaker.PAUSE
    assert [run(breaker, reason) for _ in range(20)] == [reason] * 20
    assert breaker.state == "closed"


def test_an_open_breaker_refuses_until_its_pause_is_over() -> None:
    clock = Clock()
    breaker = opened(clock)
    assert run(breaker) == "breaker_open"
    clock.now += Breaker.PAUSE
    assert breaker.state == "half-open"
    assert run(breaker) == "ok"
    assert breaker.state == "closed"


def test_a_probe_that_fails_opens_the_breaker_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += Breaker.PAUSE
    assert run(breaker, "timeout") == "timeout"
    assert breaker.state == "open"


def test_only_one_probe_runs_at_a_time() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += Breaker.PAUSE
    with breaker.watched():
        assert run(breaker) == "breaker_open"
    assert run(breaker) == "ok"


def test_a_probe_that_is_cancelled_leaves_the_question_open() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += Breaker.PAUSE
    with pytest.raises(KeyboardInterrupt), breaker.watched():
        raise KeyboardInterrupt
    assert breaker.state == "half-open"
