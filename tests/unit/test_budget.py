"""The budget of all bodies in flight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.budget import Budget


def test_who_finds_no_room_waits_until_another_is_done() -> None:
    budget = Budget(100)
    resumed: list[str] = []
    assert budget.take("a", 60)
    assert budget.take("b", 60)  # the first over the total may go on
    assert not budget.take("c", 10)
    budget.wait("c", lambda: resumed.append("c"))
    budget.give("a", 60)
    assert resumed == ["c"]
    assert budget.take("c", 10)
    assert budget.held == 70


def test_who_gave_up_waiting_is_not_resumed() -> None:
    budget = Budget(10)
    resumed: list[str] = []
    budget.take("a", 20)
    assert not budget.take("b", 1) or budget.held == 21
    budget.wait("c", lambda: resumed.append("c"))
    budget.give("c", 0)
    budget.give("a", 20)
    assert resumed == []


@given(st.integers(1, 50), st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_all_of_them_finish_whatever_the_total(total: int, sizes: list[int]) -> None:
    """Bodies that grow a byte at a time, all at once: none waits for ever; all but one keep to the total."""
    budget = Budget(total)
    held = [0] * len(sizes)
    running = list(range(len(sizes)))
    most = 0
    while running or budget.waiting:
        assert running, "everybody waits"
        body = running.pop(0)
        if held[body] == sizes[body]:
            budget.give(body, held[body])
        elif budget.take(body, 1):
            held[body] += 1
            most = max(most, budget.held)
            running.append(body)
        else:
            budget.wait(body, lambda body=body: running.append(body))  # type: ignore[misc]
    assert budget.held == 0
    assert most <= total + max(sizes)
