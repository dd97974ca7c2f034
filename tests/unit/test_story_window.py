"""The window: its clusters are the sums of their members, whatever came, moved and left."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.cluster import window as module
from worker.cluster.window import COMMON_LEAST, TERMS, UNIT, Vector, Window


def vector(**weights: int) -> Vector:
    """Terms by letters."""
    pairs = sorted((ord(letter), weight) for letter, weight in weights.items())
    return Vector(np.array([t for t, _ in pairs], np.uint32), np.array([w for _, w in pairs], np.uint16))


def test_a_vector_has_length_one_and_survives_being_stored() -> None:
    made = Window().vector({term: 1 + term % 3 for term in range(1, 30)})
    assert made.length == pytest.approx(UNIT**2, rel=1e-3)
    again = Vector.unpacked(made.packed())
    assert (again.terms == made.terms).all() and (again.weights == made.weights).all()
    assert len(made.packed()) == 29 * 6


def test_a_vector_keeps_its_heaviest_terms() -> None:
    made = Window().vector({term: 1 + (term > 100) for term in range(1, 101 + TERMS)})
    assert made.terms.tolist() == list(range(101, 101 + TERMS))


def test_what_stands_in_too_many_reports_is_left_out() -> None:
    window = Window()
    for article in range(COMMON_LEAST + 1):
        window.add(article, -article, Vector(np.array([5, 1000 + article]), np.array([10, 10])), 0, 0)
    assert window.vector({5: 1, 6: 1}).terms.tolist() == [6]
    assert window.vector({}).terms.size == 0


def test_the_nearest_clusters_come_with_their_cosine() -> None:
    window = Window()
    window.add(1, 7, vector(a=3, b=4), 0, 0)
    window.add(2, 7, vector(a=3, c=4), 0, 0)
    window.add(3, 8, vector(c=5), 0, 0)
    window.add(4, 9, vector(x=5), 0, 0)
    found = window.nearest(vector(a=1, c=1), 0.1)
    assert [cluster for cluster, _ in found] == [7, 8]
    assert [cosine for _, cosine in found] == pytest.approx([10 / sqrt(2 * (36 + 16 + 16)), 1 / sqrt(2)])
    assert [cluster for cluster, _ in window.nearest(vector(a=1, c=1), 0.72)] == [7]
    assert window.nearest(vector(q=1), 0.1) == []
    assert window.cosine(7, 8) == pytest.approx(4 / sqrt(68))


def test_a_report_is_compared_by_its_facts_and_by_its_other_words() -> None:
    window = Window()
    window.add(1, 7, vector(a=3, b=4), 0, 0)
    window.add(2, 7, vector(c=1, z=2), 0, 0)
    asked, facts = vector(a=1, b=2, c=2, d=4), frozenset((ord("a"), ord("c")))
    first, second = window.compared(asked, facts, 7, newest=9)
    assert (first.cosine, first.facts, first.words) == pytest.approx((11 / 25, 1 / 5, 4 / 20))
    assert (second.cosine, second.facts, second.words) == pytest.approx((2 / sqrt(5 * 25), 4 / 5, 0))
    assert window.compared(asked, frozenset(), 7, newest=1) == [replace(second, facts=0.0, words=4 / 25)]


def test_the_oldest_leave_by_their_time_and_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Window()
    for article in range(1, 7):
        window.add(article, -article, vector(a=1), 0, since=article)
    window.forget(before=2)
    assert [article in window for article in range(1, 7)] == [False, False, True, True, True, True]
    monkeypatch.setattr(module, "MOST", 2)
    window.forget(before=2)
    assert len(window) == 2 and 6 in window


ARTICLES, CLUSTERS = st.integers(1, 12), st.integers(-3, 4)
WEIGHTS = st.dictionaries(st.integers(1, 9), st.integers(1, UNIT), min_size=1, max_size=5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), ARTICLES, CLUSTERS, WEIGHTS),
        st.tuples(st.just("move"), ARTICLES, CLUSTERS),
        st.tuples(st.just("remove"), ARTICLES),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from([1, 8, 1024]))
def test_whatever_came_moved_and_left_the_window_is_as_if_filled_anew(
    steps: list[tuple[object, ...]], spare: int
) -> None:
    """Against clusters summed up by hand, with slots given out anew often, seldom and never."""
    before, module._SPARE = module._SPARE, spare
    try:
        window, plain = Window(), {}
        for step in steps:
            article = step[1]
            if step[0] == "add":
                window.remove(article)  # type: ignore[arg-type]
                plain.pop(article, None)
                weights = dict(sorted(step[3].items()))  # type: ignore[attr-defined]
                made = Vector(np.array(list(weights), np.uint32), np.array(list(weights.values()), np.uint16))
                window.add(article, step[2], made, 0.0, 0.0)  # type: ignore[arg-type]
                plain[article] = (step[2], made, weights)
            elif step[0] == "move":
                window.move([article], step[2])  # type: ignore[list-item, arg-type]
                if article in plain:
                    plain[article] = (step[2], *plain[article][1:])
            else:
                window.remove(article)  # type: ignore[arg-type]
                plain.pop(article, None)
        fresh = Window()
        fresh.fill((article, cluster, made, 0.0, 0.0) for article, (cluster, made, _) in plain.items())  # type: ignore[misc]
    finally:
        module._SPARE = before
    asked = Vector(np.arange(1, 10, dtype=np.uint32), np.arange(1, 10, dtype=np.uint16))
    assert window.nearest(asked, 0.0) == fresh.nearest(asked, 0.0)
    assert dict(window.nearest(asked, 0.0)) == pytest.approx(by_hand(plain))
    for cluster in {cluster for cluster, _, _ in plain.values()}:
        assert window.members(cluster) == [one for one, (mine, _, _) in plain.items() if mine == cluster]


def by_hand(plain: dict[object, tuple[object, Vector, dict[int, int]]]) -> dict[object, float]:
    """The cosine of each cluster with the weights 1 to 9 for the terms 1 to 9."""
    sums: dict[object, dict[int, int]] = {}
    for cluster, _, weights in plain.values():
        total = sums.setdefault(cluster, {})
        for term, weight in weights.items():
            total[term] = total.get(term, 0) + weight
    asked = sqrt(sum(n * n for n in range(1, 10)))
    return {
        cluster: sum(term * weight for term, weight in total.items()) / sqrt(sum(w * w for w in total.values())) / asked
        for cluster, total in sums.items()
    }
