"""Routes leg by leg: borders, ferries, avoided places, and what would open a way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opencorridor.network import build
from opencorridor.routing.api import price_graph, route
from opencorridor.routing.routes import trip_kinds
from opencorridor.study import OpenCorridorError, Study
from tests.routing import small


@pytest.mark.parametrize(("start", "end", "hours"), [("A", "F", 10.32), ("F", "A", 16.32)])
def test_case_6_hours_belong_to_the_crossing_and_its_direction(
    start: str, end: str, hours: float
) -> None:
    found = route(small.border_study(), start, end)
    assert found.totals is not None
    assert found.totals.time_h == pytest.approx(hours, abs=1e-9)
    borders = [leg for leg in found.legs if leg.mode == "border"]
    assert [leg.border_crossing_id for leg in borders] == ["X"]
    assert borders[0].time_h == pytest.approx(hours - 116 / 50 + 1 / 50, abs=1e-9)


def test_case_2_a_train_ferry_is_part_of_the_railway() -> None:
    found = route(small.ferry_study(), "A", "B", modes=["rail"])
    modes = [leg.mode for leg in found.legs if leg.mode != "access"]
    assert modes == ["rail", "sea", "rail"]
    ferry = next(leg for leg in found.legs if leg.mode == "sea")
    assert ferry.carries == "wagon"
    assert ferry.border_crossing_id == "PQF"
    # half the headway, the berths, the stay at the border and the sailing
    assert ferry.time_h == pytest.approx(12 + 6 + 3 + 200 / 20)


def test_case_2_ships_and_truck_ferries_are_not_chosen_for_wagons() -> None:
    found = route(small.ferry_study(), "A", "B", modes=["rail"], avoid=["PQ"])
    assert not found.found
    assert "link PQ (avoided)" in [str(way) for way in found.opens_with]
    ship = route(small.ferry_study(), "A", "B", avoid=["PQ"])
    assert [leg.mode for leg in ship.legs if leg.mode != "access"] == [
        "rail", "transshipment", "sea", "transshipment", "rail",
    ]  # fmt: skip
    assert all(leg.carries == "" for leg in ship.legs)


def test_avoiding_the_sea_takes_the_train_ferry_out() -> None:
    assert not route(small.ferry_study(), "A", "B", avoid=["sea"]).found


def test_case_7_an_avoided_destination_has_no_route_and_says_why() -> None:
    found = route(small.border_study(), "A", "F", avoid=["BBB"])
    assert not found.found
    assert found.reason_code == "end_avoided"
    assert "destination" in found.reason
    assert "--no-transit BBB" in found.reason
    assert "origin" in route(small.border_study(), "F", "A", avoid=["BBB"]).reason
    assert route(small.border_study(), "A", "F", no_transit=["BBB"]).found


def test_flow_kinds_of_a_route_follow_the_countries_of_its_ends() -> None:
    # A yard of one country may have its node in another: the trip is then of the yard's country.
    study = small.border_study()
    found = route(study, "A", "F")
    goods = study["commodity"]["class_id"][0]
    priced = price_graph(build(study), study, goods, "container", study.settings.baseline_date)
    arcs = np.array(found.arcs)
    home, away = found.origin.countries[0], found.destination.countries[0]
    assert home != away
    assert trip_kinds(priced, found).tolist() == priced.flow_kind(arcs, home, away).tolist()
    moved = replace(found, origin=replace(found.origin, countries=(away,)))
    assert trip_kinds(priced, moved).tolist() == priced.flow_kind(arcs, away, away).tolist()
    assert trip_kinds(priced, moved).tolist() != trip_kinds(priced, found).tolist()
    assert (
        trip_kinds(priced, found, found.arcs[:1]).tolist() == trip_kinds(priced, found)[:1].tolist()
    )


def around_study() -> Study:
    """AAA to CCC through BBB (short), or round by a planned link."""
    return small.make(
        country=small.countries("AAA", "BBB", "CCC"),
        node=[
            small.node("road:a", "AAA"), small.node("road:b1", "BBB", 1),
            small.node("road:b2", "BBB", 2), small.node("road:c", "CCC", 3),
        ],
        link=[
            small.link("AB", "road:a", "road:b1", 0, border_crossing_id="AB"),
            small.link("BB", "road:b1", "road:b2", 100, country_id="BBB"),
            small.link("BC", "road:b2", "road:c", 0, border_crossing_id="BC"),
            small.link("AC", "road:a", "road:c", 900, border_crossing_id="AC", state="planned"),
        ],
        border_crossing=[small.crossing(x, *pair) for x, pair in
                         {"AB": ("AAA", "BBB"), "BC": ("BBB", "CCC"),
                          "AC": ("AAA", "CCC")}.items()],
        border_dwell=[small.dwell(x, a, b, 5) for x, p, q in
                      (("AB", "AAA", "BBB"), ("BC", "BBB", "CCC"), ("AC", "AAA", "CCC"))
                      for a, b in ((p, q), (q, p))],
        zone=[small.zone("A", "AAA"), small.zone("B", "BBB", 1.5), small.zone("C", "CCC", 3)],
        access=[small.access("A", "road:a"), small.access("B", "road:b2"),
                small.access("C", "road:c")],
    )  # fmt: skip


@pytest.mark.parametrize("how", [{"avoid": ["BBB"]}, {"no_transit": ["BBB"]}])
def test_no_way_through_a_country_names_what_would_open_one(how: dict[str, list[str]]) -> None:
    study = around_study()
    assert route(study, "A", "C").crossings == ("AB", "BC")
    found = route(study, "A", "C", **how)
    assert not found.found
    assert found.reason_code == "no_path"
    ways = [str(way) for way in found.opens_with]
    why = "avoided" if "avoid" in how else "no transit"
    assert ways == [f"Land BBB ({why})", "Gate AC (planned)"]


def test_a_restriction_closes_a_crossing_on_its_dates_only() -> None:
    study = small.border_study()
    rows = [
        small.MARK | {"restriction_id": "R", "place_kind": "border_crossing", "place_ids": "X",
                      "allowed_share": 0, "valid_from": "2026-01-01", "valid_to": "2026-12-31",
                      "reason": "works"}
    ]  # fmt: skip
    study = study.replace({"restriction": study["restriction"].concat(rows)})
    assert route(study, "A", "F").found
    shut = route(study, "A", "F", date="2026-06-01")
    assert [str(way) for way in shut.opens_with] == ["Gate X (closed)"]
    assert route(study, "A", "F", date="2027-01-01").found


def test_case_7_no_transit_leaves_ends_in_the_country_alone() -> None:
    assert route(around_study(), "A", "B", no_transit=["BBB"]).found
    assert route(around_study(), "B", "C", no_transit=["BBB"]).found


def test_two_avoided_places_that_must_both_open_are_named_together() -> None:
    study = around_study()
    study = study.replace({"link": study["link"].where(study["link"]["link_id"] != "AC")})
    found = route(study, "A", "C", avoid=["AB", "BC"])
    assert [way.parts for way in found.opens_with] == [
        (("Gate AB", "avoided"), ("Gate BC", "avoided"))
    ]


def test_avoided_crossing_links_of_a_pass_are_not_hidden_by_price() -> None:
    # A price of 0 is no reason to pass an avoided crossing (CASES 15, the other way round).
    study = around_study()
    zero = study["border_dwell"].with_columns({"mean_h": [0.0] * 6, "cost_usd_per_t": [0.0] * 6})
    assert not route(study.replace({"border_dwell": zero}), "A", "C", avoid=["AB"]).found


def test_legs_add_up_and_follow_each_other(teaching: Study) -> None:
    found = route(teaching, "Alpha City", "Charlie City")
    assert found.totals is not None
    for name in ("time_h", "cost_usd_per_t", "co2_kg_per_t", "distance_km", "gc_usd_per_t"):
        assert sum(getattr(leg, name) for leg in found.legs) == pytest.approx(
            getattr(found.totals, name), abs=1e-9
        )
    # 20+480+480+360+20 km; 13+12+6+16+10+8+9+13 h; borders and the gauge yard of their own
    assert found.totals.time_h == pytest.approx(87)
    assert found.totals.cost_usd_per_t == pytest.approx(64.6)
    assert [leg.mode for leg in found.legs] == [
        "access", "rail", "border", "rail", "border", "gauge", "rail", "access",
    ]  # fmt: skip
    assert found.crossings == ("AB_RAIL", "BC_RAIL")


def test_a_free_passage_is_no_leg(teaching: Study) -> None:
    found = route(teaching, "Alpha City", "Alpha Port", modes=["road"])
    assert [leg.mode for leg in found.legs] == ["access", "road", "access"]
    assert {leg.country for leg in found.legs} == {"AAA"}


def test_transshipment_only_between_allowed_modes(teaching: Study) -> None:
    found = route(teaching, "Alpha City", "Charlie City", modes=["road", "sea"], avoid=["BC_ROAD"])
    assert {leg.mode for leg in found.legs} == {"access", "road", "transshipment", "sea"}


def test_sea_alone_still_reaches_the_quay_by_truck() -> None:
    study = small.ferry_study()
    more = study["access"].concat([small.MARK | small.access("A", "road:p", 5)])
    more = more.concat([small.MARK | small.access("B", "road:q", 5)])
    found = route(study.replace({"access": more}), "A", "B", modes=["sea"])
    assert [leg.mode for leg in found.legs] == [
        "access", "transshipment", "sea", "transshipment", "access",
    ]  # fmt: skip


def test_coordinates_start_at_the_nearest_node_by_truck() -> None:
    found = route(small.border_study(), "0,0.1", "F")
    assert found.totals is not None
    first = found.legs[0]
    assert first.mode == "access"
    assert first.distance_km == pytest.approx(0.1 * 111.195 * 1.3, rel=1e-4)
    assert first.time_h == pytest.approx(first.distance_km / 50)
    assert first.cost_usd_per_t == pytest.approx(first.distance_km * 0.1)


def test_case_11_coordinates_too_far_from_the_network_say_how_far() -> None:
    found = route(small.border_study(), "10,0", "F")
    assert found.reason_code == "too_far"
    assert "1,112 km from the nearest" in found.reason


def test_a_port_is_its_land_side_so_that_handling_is_paid() -> None:
    found = route(small.ferry_study(), "A", "port:TQ", avoid=["PQ"])
    assert [leg.mode for leg in found.legs][-2:] == ["sea", "transshipment"]


def test_a_country_is_no_end_of_a_route() -> None:
    with pytest.raises(OpenCorridorError, match="is a country") as caught:
        route(small.border_study(), "country:AAA", "F")
    assert caught.value.problems[0].code == "unknown_place"


def test_opening_hours_of_the_other_direction_are_not_charged() -> None:
    there = route(small.border_study(), "A", "F")
    back = route(small.border_study(), "F", "A")
    assert there.totals is not None
    assert back.totals is not None
    assert back.totals.time_h - there.totals.time_h == pytest.approx(6)
