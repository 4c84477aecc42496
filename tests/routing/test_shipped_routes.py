"""The shipped study answers as the published figures and the order of the work ask."""

from __future__ import annotations

import pytest

from opencorridor.operations.route import RouteRequest, RouteResult, find, routes

STUDY = "iran_kazakhstan"
CASPIAN_PORTS = ("port:Aktau", "port:Kuryk", "port:Turkmenbashi")


def legs(result: RouteResult) -> list[str]:
    return [leg.mode for leg in result.route.legs]


def kilometres(result: RouteResult) -> float:
    assert result.route.totals is not None, result.route.reason
    return result.route.totals.distance_km


def test_almaty_to_bandar_abbas_by_a_turkmen_iranian_crossing_with_its_gauge_change() -> None:
    found = routes(STUDY, "Almaty", "Bandar Abbas")
    passed = [c for c in found.route.crossings if c.startswith(("TKM-IRN", "IRN-TKM"))]
    assert len(passed) == 1
    at = legs(found).index("border", legs(found).index("border"))
    assert "gauge" in legs(found)[at:]
    values = found.as_dict()
    for name in ("time_h", "cost_usd_per_t", "cost_usd", "co2_kg", "distance_km"):
        assert sum(leg[name] for leg in values["legs"]) == pytest.approx(values[name], abs=0.01)


def test_by_sarakhs_it_is_as_long_as_measured_before() -> None:
    found = routes(STUDY, "Almaty", "Bandar Abbas", modes=["rail"], avoid=["TKM-IRN-RA01"])
    assert kilometres(found) == pytest.approx(3685, rel=0.01)
    assert found.route.crossings[-1] == "TKM-IRN-RA02"


@pytest.mark.parametrize(("commodity", "unit"), [("C01", "t"), ("C07", "wagon")])
def test_without_turkmenistan_bulk_goes_by_the_caspian(commodity: str, unit: str) -> None:
    found = routes(STUDY, "Almaty", "Bandar Abbas", commodity=commodity, unit=unit, avoid=["TKM"])
    assert "sea" in legs(found)
    assert all(leg.country != "TKM" for leg in found.route.legs)


def test_without_turkmenistan_a_container_goes_by_the_caspian_or_astara() -> None:
    found = routes(STUDY, "Almaty", "Bandar Abbas", unit="feu", avoid=["TKM"])
    by_astara = any("Astara" in leg.border_crossing for leg in found.route.legs)
    assert "sea" in legs(found) or by_astara
    assert all(leg.country != "TKM" for leg in found.route.legs)


def test_case_3_bulk_from_aktau_to_amirabad_goes_by_sea_inside_the_caspian() -> None:
    found = routes(STUDY, "Aktau", "Amirabad", commodity="C01", unit="t")
    assert legs(found).count("sea") == 1
    sea = next(leg for leg in found.route.legs if leg.mode == "sea")
    # not shorter than the great circle between the ports, not more than 1.3 times it (CASES 3)
    assert 770 <= sea.distance_km <= 1.3 * 772.36
    assert {leg.country for leg in found.route.legs} == {"KAZ", "", "IRN"}


def test_case_3_coordinates_at_the_caspian() -> None:
    found = routes(STUDY, "43.60,51.22", "36.85,53.37", modes=["sea"])
    assert 772.36 <= kilometres(found) <= 1.3 * 772.36


def test_case_3_by_sea_alone_the_canal_is_the_only_way_out_of_the_caspian() -> None:
    """CASES 3: no line over land from Aktau to Novorossiysk; in winter the canal would open it."""
    ends = ("port:Aktau", "port:Novorossiysk")
    found = routes(STUDY, *ends, commodity="C01", unit="t", modes=["sea"])
    # Longer than over the Caucasus (about 1 090 km), by the Volga and the Don.
    assert kilometres(found) > 1500
    shut = routes(STUDY, *ends, commodity="C01", unit="t", modes=["sea"], at="2025-01-15")
    assert not shut.route.found
    by_water = [way for way in shut.route.opens_with if len(way.parts) == 1]
    assert "Volga-Don canal (out of season: runs from 04-01 to 12-06)" in map(str, by_water)


def test_round_by_the_van_ferry_and_what_would_open_a_way_without_it() -> None:
    avoid = ["Incheh Borun", "Sarakhs", *CASPIAN_PORTS]
    found = routes(STUDY, "Almaty", "Bandar Abbas", modes=["rail"], avoid=avoid)
    assert kilometres(found) == pytest.approx(8300, rel=0.02)
    ferry = next(leg for leg in found.route.legs if leg.mode == "sea")
    assert ferry.carries == "wagon"
    assert [leg.mode for leg in found.route.legs].count("gauge") == 1
    link = "ferry:lake_van:wagon"
    none = routes(STUDY, "Almaty", "Bandar Abbas", modes=["rail"], avoid=[*avoid, link])
    assert not none.found
    ways = " / ".join(str(way) for way in none.route.opens_with)
    assert "Van" in ways
    assert "Incheh Borun (avoided)" in ways
    assert "Rasht" in ways
    assert "planned" in ways


def test_a_closed_crossing_closes_every_link_through_it() -> None:
    avoid = ["TKM-IRN-RA01", "TKM-IRN-RA02"]
    found = routes(STUDY, "Almaty", "Bandar Abbas", modes=["rail"], avoid=avoid)
    assert not set(found.route.crossings) & set(avoid)
    assert all(not c.startswith(("TKM-IRN", "IRN-TKM")) for c in found.route.crossings)


def test_case_3_the_caspian_meets_the_black_sea_by_the_canal_in_its_season_only() -> None:
    """No line over land: without the canal, or in winter, there is no way by water."""
    ask = {"commodity": "C01", "unit": "t", "modes": ["sea"]}
    summer = routes(STUDY, "port:Aktau", "Novorossiysk", at="2025-06-15", **ask)
    assert summer.found
    winter = routes(STUDY, "port:Aktau", "Novorossiysk", at="2025-01-15", **ask)
    assert not winter.found
    assert "Volga-Don canal (out of season: runs from 04-01 to 12-06)" in winter.route.reason
    # Without a date the question is that of a year; without the canal there is no way.
    assert routes(STUDY, "port:Aktau", "Novorossiysk", **ask).found
    avoided = routes(STUDY, "port:Aktau", "Novorossiysk", avoid=["sea:12559"], **ask)
    assert not avoided.found


def test_by_the_clock_a_truck_waits_for_the_morning_at_the_border() -> None:
    """The last hour of 10: a truck that comes after 18:00 in Iran goes on at 08:00."""
    found = find(
        RouteRequest("Mary", "Mashhad", STUDY, modes=("road",), unit="truck", commodity="C01",
                     depart="2025-03-20T12:00+05:00")
    )  # fmt: skip
    waits = {w.kind: w for leg in found.schedules[0].legs for w in leg.waits}
    assert waits["opening"].until.isoformat() == "2025-03-21T08:00:00+03:30"
    assert waits["opening"].row_id == "road-IRN-TKM"
    totals = found.route.totals
    assert totals is not None
    # Rests by the agreement on crews, which the country of the road is party to.
    assert {p.country for p in found.permits} == {"TKM"}


def test_turkmen_crossings_were_closed_to_foreign_trucks_until_a_day() -> None:
    ask = {"modes": ["road"], "unit": "truck", "commodity": "C01"}
    before = routes(STUDY, "Aktau", "Gorgan", at="2022-11-06", **ask)
    after = routes(STUDY, "Aktau", "Gorgan", at="2022-11-07", **ask)
    crossings = [c for c in after.route.crossings if "TKM" in c]
    assert crossings
    assert not [c for c in before.route.crossings if "TKM" in c]
