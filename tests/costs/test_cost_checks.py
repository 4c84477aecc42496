"""Every check of the costs room fires on its broken fixture, and no other check does."""

from __future__ import annotations

import pytest

from opencorridor.costs import checks
from opencorridor.study import Study
from opencorridor.study.check import registered, run_checks
from tests.study.broken import Edit, cell, copy, drop

OWN = sorted(c.code for c in registered() if c.function.__module__ == checks.__name__)
ROAD = {"mode": "road", "country_id": "", "cargo": "container"}
BROKEN: dict[str, Edit] = {
    "mode_rate_missing": drop("mode_rate", **ROAD),
    "speed_missing": drop("speed", mode="road"),
    "emission_factor_missing": drop("emission_factor", mode="road"),
    "grid_missing": drop("grid_intensity", country_id="BBB"),
    "rate_ambiguous": copy("mode_rate", ROAD, rate_id="twice"),
    "rate_outdated": cell("mode_rate", ROAD, valid_to="2023-12-31"),
}


def test_every_check_has_a_broken_fixture() -> None:
    assert sorted(BROKEN) == OWN


def test_the_teaching_study_is_clean(teaching: Study) -> None:
    assert [str(p) for p in run_checks(teaching, OWN)] == []


@pytest.mark.parametrize("code", OWN)
def test_a_broken_fixture_fires_its_check_and_no_other(teaching: Study, code: str) -> None:
    problems = run_checks(BROKEN[code](teaching))
    assert {p.code for p in problems} == {code}
    assert {p.severity for p in problems} == {"notice" if code == "rate_outdated" else "error"}


def test_a_missing_rate_names_what_was_asked_for(teaching: Study) -> None:
    problems = run_checks(BROKEN["mode_rate_missing"](teaching), ["mode_rate_missing"])
    # The transit rate of one country has a row of its own and does not lack.
    assert len(problems) == 3 * 3 - 1
    assert "mode=road, country_id=AAA, cargo=container, flow_kind=transit" in problems[0].message
