"""Median and 95th percentile of a route's hours: draws against closed forms and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.costs import cost_plan
from opencorridor.costs.spread import Z95, lognormal_cv
from opencorridor.network import build
from opencorridor.routing.reliability import Stays, closed_form, reliability, stays_of
from opencorridor.study import Study


def stays(*rows: tuple[float, float, float]) -> Stays:
    return Stays(*np.array(rows, float).T)


def test_one_lognormal_stay_has_its_own_percentile() -> None:
    # Mean 12, 95th percentile 24 h: the stay of a border, added to 100 h on the way.
    mean, p95 = 12.0, 24.0
    cv = float(lognormal_cv(mean, p95))
    found = reliability(stays((mean, mean * cv, 0.0)), [0], 112.0)
    assert found is not None
    sigma = np.sqrt(np.log1p(cv**2))
    assert found.p95_h == pytest.approx(100 + p95, rel=0.01)
    assert found.p50_h == pytest.approx(100 + mean * np.exp(-(sigma**2) / 2), rel=0.01)
    assert found.mean_h == 112.0
    assert found.spread_h == pytest.approx(mean * cv)


def test_one_departure_is_even_between_none_and_the_headway() -> None:
    found = reliability(stays((0.0, 0.0, 48.0)), [0], 60.0)
    assert found is not None
    assert found.p50_h == pytest.approx(60.0, abs=0.7)
    assert found.p95_h == pytest.approx(36.0 + 0.95 * 48.0, abs=0.5)
    assert found.spread_h == pytest.approx(48.0 / np.sqrt(12.0))


def test_many_parts_agree_with_the_closed_form() -> None:
    several = stays((10, 6, 0), (30, 15, 0), (8, 4, 0), (0, 0, 48), (20, 8, 0), (12, 9, 0))
    found = reliability(several, range(6), 200.0, draws=100_000)
    assert found is not None
    assert found.spread_h == pytest.approx(np.sqrt(36 + 225 + 16 + 192 + 64 + 81))
    assert found.p95_h == pytest.approx(found.p95_closed_h, rel=0.01)
    assert found.p50_h < found.mean_h < found.p95_h


def test_without_skewness_the_closed_form_is_the_normal_one() -> None:
    spread, p95 = closed_form(stays((0, 0, 12)), np.array([0]), 10.0)
    assert spread == pytest.approx(np.sqrt(12.0))
    assert p95 == pytest.approx(10 + Z95 * np.sqrt(12.0))


def test_nothing_known_is_no_certainty() -> None:
    assert reliability(stays((5, 0, 0), (0, 0, 0)), [0, 1], 30.0) is None


def test_a_seed_is_an_answer_and_two_routes_meet_the_same_border() -> None:
    both = stays((12, 8, 0), (9, 5, 0))
    one = reliability(both, [0, 1], 50.0, seed=7)
    assert one == reliability(both, [0, 1], 50.0, seed=7)
    assert one != reliability(both, [0, 1], 50.0, seed=8)
    alone, later = (reliability(both, [0], hours, seed=7) for hours in (40.0, 45.0))
    assert alone is not None
    assert later is not None
    assert later.p95_h - alone.p95_h == pytest.approx(5.0)


def test_stays_of_a_study_are_those_that_price_it(teaching: Study) -> None:
    graph = build(teaching)
    found = stays_of(cost_plan(graph, teaching), teaching, "container")
    gate = graph.arcs_of_place("BC_RAIL", "border_crossing")
    inward = [a for a in gate if graph.direction[a] == 0 and graph.kind[a] == 1]
    outward = [a for a in gate if graph.direction[a] == 1 and graph.kind[a] == 1]
    # Bravoland to Charlieland in containers: mean 10, p95 20; back, any cargo: mean 30, p95 60.
    assert {found.mean_h[a] for a in inward} == {10.0}
    assert {found.mean_h[a] for a in outward} == {30.0}
    assert found.spread_h[inward[0]] == pytest.approx(10 * float(lognormal_cv(10, 20)))
    # A p95 that is not known makes no spread; the ferry sails every 48 h.
    unknown = graph.arcs_of_place("AAA-BBB-RO01", "border_crossing")
    assert (found.spread_h[unknown] == 0).all()
    assert sorted(set(found.headway_h.tolist())) == [0.0, 48.0]
