"""Hours, money, CO2e and spread of arcs, by hand on tiny tables."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from opencorridor import costs, network
from opencorridor.costs.spread import lognormal_cv
from opencorridor.network.build import make_graph
from opencorridor.study import OpenCorridorError, Study
from tests.network import net_studies as ns

COMMODITY = {
    "class_id": "C", "name_en": "C", "containerised_share": 1, "value_density_usd_per_t": 1000,
    "value_of_time_usd_per_t_h": 0.5, "payload_t_per_teu": 10, "payload_t_per_feu": 20,
    "payload_t_per_wagon": 60, "payload_t_per_truck": 25,
}  # fmt: skip


def rate(name: str, mode: str, unit: str, usd: float, cargo: str = "bulk", **more: Any) -> Any:
    return {"rate_id": name, "mode": mode, "unit": unit, "cargo": cargo,
            "rate_usd_per_unit_km": usd, **more}  # fmt: skip


def dwell(name: str, a: str, b: str, hours: float, usd: float = 0.0, **more: Any) -> Any:
    return {"border_crossing_id": name, "from_country": a, "to_country": b, "cargo": "all",
            "mean_h": hours, "cost_usd_per_t": usd, **more}  # fmt: skip


def rates(*modes: str) -> dict[str, list[dict[str, Any]]]:
    """Return rates of 1 US$ per t·km, 50 km/h and 100 g per t·km for every mode and cargo."""
    both = ("container", "bulk")
    return {
        "commodity": [COMMODITY],
        "mode_rate": [rate(f"{m}{c}", m, "t", 1, c) for m in (*modes, "access") for c in both],
        "speed": [
            {"speed_id": m, "mode": m, "speed_km_per_h": 50} for m in (*modes, "access")
        ],
        "emission_factor": [
            {"factor_id": m, "mode": m, "fuel_g_per_tkm": 100} for m in (*modes, "access")
        ],
    }  # fmt: skip


def priced(study: Study, cargo: str = "bulk") -> tuple[network.Graph, costs.ArcCosts]:
    graph = make_graph(study)
    return graph, costs.arc_costs(graph, study, "C", cargo)


def arc(graph: network.Graph, start: str, end: str) -> int:
    (found,) = np.flatnonzero(
        (graph.tail == graph.node_index(start)) & (graph.head == graph.node_index(end))
    )
    return int(found)


def way(graph: network.Graph, *nodes: str) -> list[int]:
    return [arc(graph, a, b) for a, b in itertools.pairwise(nodes)]


def case_6(**more: Any) -> Study:
    """Return the study of CASE 6: 50, 1 (border), 60 and 5 km of road."""
    tables = {
        **rates("road"),
        "country": ns.countries("KAA", "TKA"),
        "node": [
            ns.node("road:A", "KAA"), ns.node("road:B", "KAA"), ns.node("road:D", "TKA"),
            ns.node("road:E", "TKA"), ns.node("road:F", "TKA"),
        ],
        "link": [
            ns.link("1", "road:A", "road:B", 50, country_id="KAA"),
            ns.link("2", "road:B", "road:D", 1, border_crossing_id="X"),
            ns.link("3", "road:D", "road:E", 60, country_id="TKA"),
            # The line leaves the polygon of its country for 100 m: no border.
            ns.link("4", "road:E", "road:F", 5, country_id="TKA",
                    geometry_wkt="LINESTRING(0 0, 0 1, 1 1)"),
        ],
        "border_crossing": [ns.crossing("X", "KAA", "TKA", mode="road")],
        "border_dwell": [dwell("X", "KAA", "TKA", 8, 3), dwell("X", "TKA", "KAA", 14, 4)],
    }  # fmt: skip
    return ns.make(**{**tables, **more})


def test_case_6_hours_belong_to_the_crossing_and_its_direction() -> None:
    graph, c = priced(case_6())
    there = way(graph, "road:A", "road:B", "road:D", "road:E", "road:F")
    back = way(graph, "road:F", "road:E", "road:D", "road:B", "road:A")
    assert c.time_h[there].sum() == pytest.approx(10.32, abs=1e-12)
    assert c.time_h[back].sum() == pytest.approx(16.32, abs=1e-12)
    assert c.time_h[there].tolist() == pytest.approx([1.0, 8.02, 1.2, 0.1])
    assert c.money("transit")[there[1]] == pytest.approx(1 + 3)
    assert c.money("domestic")[back[2]] == pytest.approx(1 + 4)


def test_dwell_of_the_cargo_beats_all() -> None:
    rows = [
        dwell("X", "KAA", "TKA", 8),
        dwell("X", "TKA", "KAA", 14),
        dwell("X", "KAA", "TKA", 5, cargo="container"),
    ]
    study = case_6(border_dwell=rows)
    hours = {}
    for cargo in ("bulk", "container"):
        graph, c = priced(study, cargo)
        hours[cargo] = [c.time_h[a] - 0.02 for a in way(graph, "road:B", "road:D", "road:B")]
    assert hours == {"bulk": pytest.approx([8, 14]), "container": pytest.approx([5, 14])}


def test_second_link_of_a_crossing_is_not_charged_again() -> None:
    rows = list(case_6()["link"].rows())
    rows[1]["border_charge"] = "0"
    graph, c = priced(case_6(link=rows))
    assert c.time_h[arc(graph, "road:B", "road:D")] == pytest.approx(0.02)


def test_open_crossing_without_hours_is_an_error_and_a_union_is_free() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        priced(case_6(border_dwell=[dwell("X", "KAA", "TKA", 8)]))
    (problem,) = caught.value.problems
    assert (problem.code, problem.value) == ("border_dwell_missing", "X")
    assert "from TKA to KAA" in problem.message
    union = ns.crossing("X", "KAA", "TKA", kind="union")
    graph, c = priced(case_6(border_dwell=[], border_crossing=[union]))
    assert c.time_h[arc(graph, "road:B", "road:D")] == pytest.approx(0.02)


def test_a_shut_crossing_without_hours_is_unknown_not_free() -> None:
    shut = ns.crossing("X", "KAA", "TKA", state="planned")
    graph, c = priced(case_6(border_dwell=[], border_crossing=[shut]))
    assert np.isnan(c.time_h[arc(graph, "road:B", "road:D")])
    assert not graph.open[arc(graph, "road:B", "road:D")]


def case_2() -> Study:
    """Return the study of CASE 2: rail, a ferry that carries wagons, rail; and a sea lane."""
    base = rates("rail", "sea")
    base["mode_rate"] += [
        rate("ferry", "sea", "wagon", 0.6, carries="wagon", area="lake", fixed_usd_per_unit=120),
        rate("ferry_box", "sea", "feu", 0.4, "container", carries="wagon", fixed_usd_per_unit=40),
    ]
    base["speed"].append({"speed_id": "ferry", "mode": "sea", "carries": "wagon",
                          "speed_km_per_h": 25})  # fmt: skip
    return ns.make(
        **base,
        country=ns.countries("AAA", "BBB"),
        node=[
            ns.node("rail:A", "AAA"), ns.node("rail:P", "AAA"), ns.node("rail:Q", "BBB"),
            ns.node("rail:B", "BBB"), ns.node("sea:P"), ns.node("sea:Q"),
        ],
        link=[
            ns.link("1", "rail:A", "rail:P", 100, country_id="AAA"),
            ns.link("F", "rail:P", "rail:Q", 450, mode="sea", carries="wagon", area="lake",
                    border_crossing_id="X"),
            ns.link("2", "rail:Q", "rail:B", 100, country_id="BBB"),
            ns.link("S", "sea:P", "sea:Q", 450, area="lake"),
        ],
        border_crossing=[ns.crossing("X", "AAA", "BBB", kind="ferry")],
        border_dwell=[dwell("X", "AAA", "BBB", 6, 2), dwell("X", "BBB", "AAA", 6, 2)],
        timetable=[{"timetable_id": "T", "link_ids": "F", "headway_h": 48, "berth_h": 10}],
    )  # fmt: skip


def test_case_2_wagons_stay_loaded_and_pay_for_the_sailing() -> None:
    graph, c = priced(case_2())
    path = way(graph, "rail:A", "rail:P", "rail:Q", "rail:B")
    assert not (graph.kind[path] == network.TRANSSHIPMENT).any()
    # 18 h under way + half a headway + berths + border.
    assert c.time_h[path[1]] == pytest.approx(450 / 25 + 24 + 10 + 6)
    # 0.6 US$ per wagon·km and 120 US$ per sailing over 60 t, and the fee.
    assert c.money("import_export")[path[1]] == pytest.approx(450 * 0.6 / 60 + 120 / 60 + 2)
    # The lane for ships beside it: the sea's own rate and speed, no sailing to wait for.
    lane = arc(graph, "sea:P", "sea:Q")
    assert (c.time_h[lane], c.money("transit")[lane]) == (pytest.approx(9), pytest.approx(450))


def test_unit_of_the_rate_row_sets_the_payload() -> None:
    graph, c = priced(case_2(), "container")
    assert c.money("transit")[arc(graph, "rail:P", "rail:Q")] == pytest.approx(
        450 * 0.4 / 20 + 40 / 20 + 2
    )
    assert costs.unit_cost(case_2(), "C", "wagon", 7.0) == 420.0
    assert costs.payloads(case_2(), "C")["t"] == 1.0


def test_two_services_on_one_link_join_their_departures() -> None:
    study = case_2()
    rows = [
        {"timetable_id": "T", "link_ids": "F", "headway_h": 48, "berth_h": 10},
        {"timetable_id": "U", "link_ids": "F;2", "headway_h": 24, "berth_h": 4},
        {"timetable_id": "V", "link_ids": "F", "headway_h": 1, "valid_to": "2020-01-01"},
    ]
    both = ns.make(**{
        name: list(study[name].rows()) for name in study.tables if study[name].n
    } | {"timetable": rows})  # fmt: skip
    graph, c = priced(both)
    # Headways 48 and 24 h make one of 16 h; berths by departures: (10 + 2 * 4) / 3.
    assert c.time_h[arc(graph, "rail:P", "rail:Q")] == pytest.approx(18 + 8 + 6 + 6)


def test_flow_kinds_countries_own_speed_and_rest_hours() -> None:
    tables = rates("road")
    tables["mode_rate"] += [
        rate("t", "road", "truck", 2, country_id="KAA", flow_kind="transit"),
        rate("d", "road", "truck", 1, country_id="KAA", flow_kind="domestic"),
    ]
    tables["speed"].append({"speed_id": "k", "mode": "road", "country_id": "KAA",
                            "speed_km_per_h": 40, "moving_h_per_day": 12})  # fmt: skip
    links = list(case_6()["link"].rows())
    links[2]["speed_km_per_h"] = 30
    links[0]["speed_km_per_h"] = 25
    graph, c = priced(case_6(**tables, link=links))
    a, e = arc(graph, "road:A", "road:B"), arc(graph, "road:D", "road:E")
    assert c.money_usd_per_t[:, a].tolist() == pytest.approx([50 * 2 / 25, 50.0, 50 / 25])
    assert c.money_usd_per_t[:, e].tolist() == [60.0] * 3
    # Own speed replaces the table's, the hours of movement in a day stay the country's.
    assert c.time_h[a] == pytest.approx(50 / 25 * 2)
    assert c.time_h[e] == pytest.approx(60 / 30)


@pytest.mark.parametrize(
    ("electrified", "kg"),
    [("", 100 * (0.25 * 0.04 * 500 + 0.75 * 20) / 1000), ("1", 100 * 0.04 * 500 / 1000),
     ("0", 100 * 20 / 1000)],
)  # fmt: skip
def test_co2_by_traction(electrified: str, kg: float) -> None:
    tables = rates("rail")
    tables["emission_factor"] = [
        {"factor_id": "r", "mode": "rail", "fuel_g_per_tkm": 20, "electric_kwh_per_tkm": 0.04,
         "electric_share": 0.25}
    ]  # fmt: skip
    study = ns.make(
        **tables,
        country=ns.countries("AAA"),
        grid_intensity=[{"country_id": "AAA", "co2_g_per_kwh": 500}],
        node=[ns.node("rail:A", "AAA"), ns.node("rail:B", "AAA")],
        link=[ns.link("1", "rail:A", "rail:B", 100, country_id="AAA", electrified=electrified)],
    )
    assert priced(study)[1].co2_kg_per_t == pytest.approx([kg, kg])


def test_access_and_transshipment() -> None:
    tables = rates("rail", "sea")
    tables["mode_rate"] += [
        rate("a", "access", "truck", 2, country_id="AAA", on_mode="rail", fixed_usd_per_unit=50)
    ]
    tables["speed"].append({"speed_id": "a", "mode": "access", "on_mode": "rail",
                            "speed_km_per_h": 20, "fixed_h": 12})  # fmt: skip
    study = ns.make(
        **tables,
        country=ns.countries("AAA"),
        node=[ns.node("rail:A", "AAA"), ns.node("sea:A")],
        link=[],
        terminal=[{"terminal_id": "P", "kind": "port", "name_en": "P", "country_id": "AAA",
                   "lon": 0, "lat": 0}],
        transshipment=[
            ns.over("1", "P", "rail:A", "sea:A") | {"distance_km": 5, "time_h": 40, "p95_h": 80,
                                                    "cost_usd_per_t": 6, "co2_kg_per_t": 2}
        ],
        zone=[ns.zone("Z", "AAA")],
        access=[ns.access("1", "Z", "rail:A", distance_km=10)],
    )  # fmt: skip
    graph, c = priced(study)
    into, port = arc(graph, "zone:Z", "rail:A"), arc(graph, "rail:A", "sea:A")
    assert c.time_h[into] == pytest.approx(10 / 20 + 12)
    assert c.money("domestic")[into] == pytest.approx(10 * 2 / 25 + 50 / 25)
    assert c.money("domestic")[arc(graph, "rail:A", "zone:Z")] == c.money("domestic")[into]
    # Kilometres at the access rate, without the fixed amount of an end; hours are the row's.
    assert c.time_h[port] == 40
    assert c.money("domestic")[port] == pytest.approx(6 + 5 * 2 / 25)
    assert c.co2_kg_per_t[port] == pytest.approx(2 + 5 * 0.1)
    assert c.spread_h[port] == pytest.approx(40 * float(lognormal_cv(40, 80)))


def test_lognormal_spread_reproduces_mean_and_percentile() -> None:
    cv = float(lognormal_cv(36.0, 100.0))
    sigma = math.sqrt(math.log1p(cv**2))
    assert 36.0 * math.exp(1.6448536269514722 * sigma - sigma**2 / 2) == pytest.approx(100.0)
    assert lognormal_cv([10, 10, 0, 10], [np.nan, 10, 5, 9]).tolist() == [0, 0, 0, 0]
    assert float(lognormal_cv(1.0, 50.0)) == pytest.approx(math.sqrt(math.exp(1.6448536**2) - 1))


def test_generalised_cost_adds_waits_spread_and_carbon() -> None:
    one = np.array([1.0])
    c = costs.ArcCosts("C", "bulk", 10 * one, 4 * one, 500 * one, np.array([[3.0], [2.0], [1.0]]))
    weight = costs.Weights(0.5, 0.25, 40.0)
    found = costs.generalised(c, weight, 2 * one)
    assert [float(x[0]) for x in found] == pytest.approx([3 + 27, 2 + 27, 1 + 27])


def test_weights_come_from_class_and_parameters() -> None:
    rows = [
        {"parameter_id": "value_of_reliability_ratio", "value": 0.4, "description": "d"},
        {"parameter_id": "carbon_price_usd_per_t", "value": 30, "description": "d"},
    ]
    assert costs.weights(case_6(parameter=rows), "C") == costs.Weights(0.5, 0.2, 30.0)
    assert costs.weights(case_6(), "C") == costs.Weights(0.5, 0.0, 0.0)


def test_everything_missing_is_reported_at_once() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        priced(case_6(mode_rate=[], speed=[], emission_factor=[]))
    codes = [p.code for p in caught.value.problems]
    assert set(codes) == {"mode_rate_missing", "speed_missing", "emission_factor_missing"}
    assert codes.count("mode_rate_missing") == 2 * 2 * 3  # countries, cargoes, flow kinds


def test_unknown_class_suggests() -> None:
    with pytest.raises(OpenCorridorError, match="choose one of C"):
        costs.payloads(case_6(), "grain")


def test_a_draw_reuses_the_plan() -> None:
    study = case_6()
    graph = make_graph(study)
    plan = costs.cost_plan(graph, study)
    dearer = study["mode_rate"].with_column("rate_usd_per_unit_km", [2.0] * study["mode_rate"].n)
    drawn = costs.price(plan, study.replace(tables={"mode_rate": dearer}), "C", "bulk")
    first = costs.price(plan, study, "C", "bulk")
    a = arc(graph, "road:A", "road:B")
    assert drawn.money("transit")[a] == 2 * first.money("transit")[a]


def _void(study: Study, table: str, column: str) -> dict[str, Any]:
    values = study[table][column].copy()
    values[0] = 33.0 if values.dtype == np.float64 else "2020-01-01" if "valid" in column else "1"
    return {table: study[table].with_column(column, values)}


@pytest.mark.parametrize(
    ("table", "column"),
    [("link", "electrified"), ("link", "speed_km_per_h"), ("mode_rate", "valid_to"),
     ("mode_rate", "unit"), ("border_dwell", "from_country")],
)  # fmt: skip
def test_an_edit_that_could_change_the_choice_of_rows_voids_the_plan(
    table: str, column: str
) -> None:
    study = case_6()
    plan = costs.cost_plan(make_graph(study), study)
    with pytest.raises(OpenCorridorError) as caught:
        costs.price(plan, study.replace(tables=_void(study, table, column)), "C", "bulk")
    (problem,) = caught.value.problems
    assert (problem.code, problem.table, problem.column) == ("cost_plan_void", table, column)


def test_another_number_of_rows_voids_the_plan() -> None:
    study = case_6()
    plan = costs.cost_plan(make_graph(study), study)
    more = study["mode_rate"].concat([rate("n", "sea", "t", 1) | ns.MARK])
    with pytest.raises(OpenCorridorError) as caught:
        costs.price(plan, study.replace(tables={"mode_rate": more}), "C", "bulk")
    assert caught.value.problems[0].code == "cost_plan_void"


def test_reduced_graph_costs_the_same_as_its_unpacked_arcs() -> None:
    nodes = [ns.node(f"road:{i}", "KAA") for i in range(5)]
    links = [
        ns.link(str(i), f"road:{i}", f"road:{i + 1}", 10 + i, country_id="KAA") for i in range(4)
    ]
    zones = [ns.zone("Y", "KAA"), ns.zone("Z", "KAA")]
    ends = [ns.access("1", "Y", "road:0"), ns.access("2", "Z", "road:4")]
    study = case_6(node=nodes, link=links, zone=zones, access=ends)
    graph = make_graph(study)
    small = network.reduce(graph)
    whole = costs.arc_costs(graph, study, "C", "bulk")
    less = costs.arc_costs(small.graph, study, "C", "bulk")
    (cut,) = np.flatnonzero((small.arc < 0) & (small.graph.tail < small.graph.head))
    way_back = small.unpack(int(cut))
    assert len(way_back) == 4
    assert less.time_h[cut] == pytest.approx(whole.time_h[way_back].sum())
    assert less.money_usd_per_t[:, cut] == pytest.approx(whole.money_usd_per_t[:, way_back].sum(1))
    assert less.co2_kg_per_t[cut] == pytest.approx(whole.co2_kg_per_t[way_back].sum())


def test_case_15_a_free_arc_is_there_and_a_closed_one_is_not() -> None:
    rows = [
        ns.link("1", "road:A", "road:B", 0, country_id="KAA"),
        ns.link("2", "road:A", "road:B", 7, country_id="KAA", state="closed"),
    ]
    graph, c = priced(case_6(link=rows))
    free = graph.length_km == 0
    assert graph.open.tolist() == free.tolist()
    assert c.time_h[free].tolist() == [0.0, 0.0]
    assert (c.money_usd_per_t[:, free] == 0).all()
    assert (c.time_h[~free] > 0).all()
