"""What moves in the teaching study, leg by leg as computed by hand, against the product's sums."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import pytest

from opencorridor.operations.flow_select import Wanted
from opencorridor.operations.freight_flows import FlowsAsk, flows
from opencorridor.operations.workbench.session import Session
from opencorridor.study import Study

sys.path.insert(0, str(Path(__file__).parent))

import hand_figures as figures
import hand_freight as freight
import hand_routes as hand
import hand_trade as economy

PAYLOAD_TEU_T = 12.0
Amounts = dict[str, float]


def _zero() -> Amounts:
    return dict.fromkeys(("tkm", "usd", "t_h", "co2_t"), 0.0)


def _add(total: Amounts, leg: hand.Leg, tonnes: float) -> None:
    total["tkm"] += tonnes * leg.km
    total["usd"] += tonnes * leg.usd
    total["t_h"] += tonnes * leg.hours
    total["co2_t"] += tonnes * leg.co2 / 1000.0


def _moved() -> list[tuple[freight.Row, hand.Route, float]]:
    """Return every route with the tonnes that choose it at the queue of the baseline."""
    wait = freight.baseline().wait_h
    options = freight.options_of(figures.BASE)
    return [
        (row, route, t * share)
        for row, t in freight.tonnes(economy.matrix()).items()
        for route, share in zip(options[row], freight.shares(options[row], wait), strict=True)
    ]


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


def test_total_and_pairs(session: Session) -> None:
    found = flows(session, FlowsAsk())
    want: dict[tuple[str, str], Amounts] = defaultdict(_zero)
    tonnes: dict[tuple[str, str], float] = defaultdict(float)
    for (_, start, end), route, t in _moved():
        pair = figures.country(start), figures.country(end)
        tonnes[pair] += t
        for leg in route.legs:
            _add(want[pair], leg, t)
    got = {(r["exporter"], r["importer"]): r for r in found["pairs"]}
    assert set(got) == set(want)
    for pair, amounts in want.items():
        row = got[pair]
        money = row["carriage_usd_per_year"] + row["fee_usd_per_year"]
        assert row["t_per_year"] == pytest.approx(tonnes[pair], rel=1e-7)
        assert [row["tkm_per_year"], money, row["t_h_per_year"], row["co2_t_per_year"]] == (
            pytest.approx(list(amounts.values()), rel=1e-6)
        )
    assert found["total"]["t_per_year"] == pytest.approx(sum(tonnes.values()), rel=1e-7)


def test_queue_hours_are_those_of_the_gate(session: Session) -> None:
    hand_base = freight.baseline()
    found = flows(session, FlowsAsk())["total"]["wait_t_h_per_year"]
    assert found == pytest.approx(hand_base.wait_h * hand_base.load_t, rel=1e-6)


def test_tonne_kilometres_by_mode(session: Session) -> None:
    want: dict[str, float] = defaultdict(float)
    for _, route, t in _moved():
        for leg in route.legs:
            first = leg.what.split()[0]
            mode = {"rail": "rail", "road": "road", "sea": "sea", "truck": "access"}.get(first)
            if mode and leg.km:
                want[mode] += t * leg.km
    got = {r["mode"]: r["tkm_per_year"] for r in flows(session, FlowsAsk())["modes"]}
    assert {mode: got[mode] for mode in want} == pytest.approx(dict(want), rel=1e-6)


def _passing(route: hand.Route, crossing: str) -> bool:
    return any(leg.crossing == crossing for leg in route.legs)


def test_transit_revenue_of_the_land_between(session: Session) -> None:
    # BBB earns on goods between AAA and CCC: its stretches, and the fees of entering it.
    carriage, fees, tonnes = 0.0, 0.0, 0.0
    for (_, start, end), route, t in _moved():
        if {start[0], end[0]} != {"A", "C"} or "sea" in route.mode:
            continue
        tonnes += t
        for leg in route.legs:
            if "(transit)" in leg.what:
                carriage += t * leg.usd
            elif leg.to_country == "BBB":
                fees += t * leg.usd
    row = next(r for r in flows(session, FlowsAsk())["countries"] if r["country"] == "BBB")
    assert row["transit_t_per_year"] == pytest.approx(tonnes, rel=1e-6)
    assert row["transit_carriage_usd_per_year"] == pytest.approx(carriage, rel=1e-6)
    assert row["transit_fee_usd_per_year"] == pytest.approx(fees, rel=1e-6)
    # AAA and CCC lie at the ends of everything between each other, but BBB's trade too.
    for country in ("AAA", "CCC"):
        other = next(r for r in flows(session, FlowsAsk())["countries"] if r["country"] == country)
        assert other["transit_usd_per_year"] == 0.0


@pytest.mark.parametrize("crossing", ["BC_RAIL", "BC_ROAD", "AB_RAIL"])
def test_whose_goods_pass_a_crossing(session: Session, crossing: str) -> None:
    want: dict[tuple[str, str], float] = defaultdict(float)
    for (_, start, end), route, t in _moved():
        if _passing(route, crossing):
            want[figures.country(start), figures.country(end)] += t
    found = flows(session, FlowsAsk(Wanted(at=crossing)))
    got = {(r["exporter"], r["importer"]): r["t_per_year"] for r in found["pairs"]}
    assert got == pytest.approx({k: v for k, v in want.items() if v >= 1.0}, rel=1e-6)
    own = want["AAA", "CCC"] + want["CCC", "AAA"]
    place = next(r for r in found["places"] if r["place_id"] == crossing)
    assert place["own_t_per_year"] == pytest.approx(own, rel=1e-6)
    assert place["third_share"] == pytest.approx(1 - own / sum(want.values()), rel=1e-6)
    assert sum(r["t_per_year"] for r in found["chains"]) == pytest.approx(
        sum(want.values()), rel=1e-5
    )
