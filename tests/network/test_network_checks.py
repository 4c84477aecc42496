"""Every check of the network room fires on its broken fixture, and no other check does."""

from __future__ import annotations

import pytest

from opencorridor.network import checks
from opencorridor.network.build import make_graph
from opencorridor.network.checks import disconnected_zones
from opencorridor.study import Study
from opencorridor.study.check import registered, run_checks
from tests.network import net_studies as ns
from tests.study.broken import Edit, both, cell, copy, drop

OWN = sorted(c.code for c in registered() if c.function.__module__ == checks.__name__)
SEA = {"area": "Teaching Sea", "carries": ""}
BROKEN: dict[str, Edit] = {
    # The only node that is left to the zone lies on a line that is planned.
    "zone_disconnected": both(
        cell("access", {"zone_id": "B1", "mode": "rail"}, node_id="rail:8:BBB:1520"),
        drop("access", zone_id="B1", mode="road"),
    ),
    "geometry": cell("link", {"link_id": "L26"}, geometry_wkt="LINESTRING(500 0, 0 0)"),
    "sea_link_short": cell("link", {"link_id": "L40"}, length_km=300.0),
    "sea_areas_meet": both(
        cell("link", {"link_id": "L41"}, area="Other Sea"),
        copy("mode_rate", {**SEA, "cargo": "bulk"}, rate_id="x1", area="Other Sea"),
        copy("mode_rate", {**SEA, "cargo": "container"}, rate_id="x2", area="Other Sea"),
        copy("speed", SEA, speed_id="x", area="Other Sea"),
        copy("emission_factor", SEA, factor_id="x", area="Other Sea"),
    ),
    "crossing_uncharged": cell("link", {"border_crossing_id": "BC_ROAD"}, border_charge="0"),
}


def test_every_check_has_a_broken_fixture() -> None:
    assert sorted(BROKEN) == OWN


def test_the_teaching_study_is_clean(teaching: Study) -> None:
    assert [str(p) for p in run_checks(teaching, OWN)] == []


@pytest.mark.parametrize("code", OWN)
def test_a_broken_fixture_fires_its_check_and_no_other(teaching: Study, code: str) -> None:
    problems = run_checks(BROKEN[code](teaching))
    assert {p.code for p in problems} == {code}
    assert all(p.row and p.column and p.table for p in problems)


def test_a_named_passage_may_join_two_seas(teaching: Study) -> None:
    joined = cell("link", {"link_id": "L41"}, passage="canal")(BROKEN["sea_areas_meet"](teaching))
    assert run_checks(joined, ["sea_areas_meet"]) == []


def test_no_way_leads_through_a_zone() -> None:
    # The zone ZA has an access to both parts; it joins itself, not the parts, for the others.
    rows = [ns.access("1", "ZA", "rail:1"), ns.access("2", "ZA", "rail:3"),
            ns.access("3", "ZB", "rail:3"), ns.access("4", "ZC", "rail:1")]  # fmt: skip
    zones = [ns.zone("ZA", "AAA"), ns.zone("ZB", "BBB"), ns.zone("ZC", "AAA")]
    whole = ns.corridor(access=rows, zone=zones)
    assert disconnected_zones(make_graph(whole)) == []
    cut = ns.corridor(
        access=rows,
        zone=zones,
        border_crossing=[
            ns.crossing("X", "AAA", "BBB", state="closed"),
            ns.crossing("F", "BBB", "AAA", state="closed"),
        ],
    )
    assert len(disconnected_zones(make_graph(cut))) == 1


def test_a_broken_reference_is_left_to_its_own_check(teaching: Study) -> None:
    broken = cell("access", {"zone_id": "B1"}, node_id="gone")(teaching)
    assert run_checks(broken, OWN) == []
