"""Rail tariffs by way in and out: layers equal brute force over all paths, whole and reduced."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencorridor.network import build, open_mask
from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.routing import route, skims
from opencorridor.study import OpenCorridorError, Study
from opencorridor.study.settings import Tariffs
from tests.routing.small import access, countries, crossing, dwell, link, make, node, zone

RATE, SPEED, TIME_VALUE, DWELL_H, FEE, ACCESS_KM = 0.03, 50.0, 1.0, 2.0, 1.0, 1.0
INNER = ("b0", "b1", "b2", "b3")
GATES = {"X0": "AAA", "X1": "AAA", "Y0": "CCC", "Y1": "CCC"}
OUTSIDE = {"AAA": "a", "CCC": "c"}
DAY = "2025-08-01"
KINDS = ("all", "all", "transit", "transit", "import_export", "domestic")

Row = dict[str, Any]


def railway(
    inner: list[tuple[int, int, int]], at: dict[str, int], rows: list[Row], **more: Any
) -> Study:
    """Country BBB between AAA and CCC, each of one node; gates at inner nodes."""
    gates = [
        link(f"G{name}", f"rail:{OUTSIDE[land]}", f"rail:{INNER[at[name]]}", 0,
             border_crossing_id=name)
        for name, land in GATES.items()
    ]  # fmt: skip
    tracks = [
        link(f"L{k}", f"rail:{INNER[i]}", f"rail:{INNER[j]}", km, country_id="BBB")
        for k, (i, j, km) in enumerate(inner)
    ]
    return make(
        country=countries("AAA", "BBB", "CCC"),
        node=[node("rail:a", "AAA"), node("rail:c", "CCC"),
              *(node(f"rail:{n}", "BBB") for n in INNER)],
        link=gates + tracks,
        border_crossing=[crossing(n, land, "BBB", "rail") for n, land in GATES.items()],
        border_dwell=[dwell(n, *pair, DWELL_H) for n, land in GATES.items()
                      for pair in ((land, "BBB"), ("BBB", land))],
        zone=[zone("A", "AAA"), zone("B", "BBB"), zone("C", "CCC")],
        access=[access("A", "rail:a", ACCESS_KM), access("B", "rail:b0", ACCESS_KM),
                access("C", "rail:c", ACCESS_KM)],
        tariff_rail=rows,
        **more,
    )  # fmt: skip


def tariff(name: str, **cells: Any) -> Row:
    return {"tariff_rail_id": name, "country_id": "BBB", "document_no": f"No. {name}",
            "valid_from": "2025-07-01", "valid_to": "2025-09-30", **cells}  # fmt: skip


# ---- brute force -----------------------------------------------------------------------------


def _paths(edges: list[tuple[str, str, float, str]], start: str, end: str) -> Any:
    """Yield all simple paths as lists of (from, to, km, gate)."""
    ways: dict[str, list[tuple[str, float, str]]] = {}
    for a, b, km, gate in edges:
        ways.setdefault(a, []).append((b, km, gate))
        ways.setdefault(b, []).append((a, km, gate))
    stack: list[tuple[str, list[Any]]] = [(start, [])]
    while stack:
        at, done = stack.pop()
        if at == end:
            yield done
            continue
        seen = {start, *(step[1] for step in done)}
        for to, km, gate in ways.get(at, ()):
            if to not in seen:
                stack.append((to, [*done, (at, to, km, gate)]))


def _in(row: Row, column: str, gate: str) -> bool:
    named = [x for x in row.get(column, "").split(";") if x]
    but = [x for x in row.get(f"except_{column}", "").split(";") if x]
    return (not named or gate in named) and gate not in but


def _rate(rows: list[Row], gate_in: str, gate_out: str, kind: str) -> float:
    """The rate per tonne-km of one stay: the lowest that may be chosen."""
    held = [
        row for row in rows
        if _in(row, "enters_by", gate_in) and _in(row, "leaves_by", gate_out)
        and row.get("flow_kind", "all") in ("all", kind)
    ]  # fmt: skip
    offers = [RATE]
    offers += [RATE * r["coefficient"] for r in held if r.get("several") != "product"]
    many = [r["coefficient"] for r in held if r.get("several") == "product"]
    if many:
        offers.append(RATE * float(np.prod(many)))
    return min(offers)


def _cost(path: list[Any], rows: list[Row], start: str, end: str) -> float:
    """Generalised cost of a path between zones: one rate for each stay in BBB."""
    km = sum(step[2] for step in path)
    gates = [step[3] for step in path if step[3]]
    cost = 2 * ACCESS_KM * (0.1 + TIME_VALUE / SPEED) + TIME_VALUE * km / SPEED
    cost += len(gates) * (FEE + TIME_VALUE * DWELL_H)
    kind = ("transit", "import_export", "domestic")[(start == "B") + (end == "B")]
    stay, gate_in = 0.0, ""
    for _, to, length, gate in [*path, ("", "", 0.0, "")]:
        if gate and to.startswith("b"):
            stay, gate_in = 0.0, gate
        elif gate or not to:
            cost += stay * _rate(rows, gate_in, gate, kind)
            stay = 0.0
        else:
            stay += length
    return cost


def brute(study_parts: tuple[Any, Any, list[Row]], start: str, end: str) -> float:
    inner, at, rows = study_parts
    edges = [(INNER[i], INNER[j], float(km), "") for i, j, km in inner]
    edges += [(OUTSIDE[land], INNER[at[name]], 0.0, name) for name, land in GATES.items()]
    nodes = {"A": "a", "B": "b0", "C": "c"}
    found = [
        _cost(path, rows, start, end)
        for path in _paths(edges, nodes[start], nodes[end])
        if not ("B" in (start, end) and _leaves_home(path, start, end))
    ]
    return min(found, default=np.inf)


def _leaves_home(path: list[Any], start: str, end: str) -> bool:
    """Whether a trip from or to BBB leaves it in between (avoided in the question asked)."""
    other = {"A": "c", "C": "a"}.get(start if end == "B" else end)
    return any(other in step[:2] for step in path)


# ---- random networks -------------------------------------------------------------------------


def gate_list(*sizes: int) -> st.SearchStrategy[str]:
    """Some gates, blank as often as ``sizes`` says."""
    several = [st.permutations(sorted(GATES)).map(lambda x, n=n: ";".join(x[:n])) for n in sizes]
    return st.one_of(*several)


coefficients = st.sampled_from((0.1, 0.3, 0.5, 0.9, 1.5))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, Any, list[Row]]:
    pairs = [(i, j) for i in range(4) for j in range(i + 1, 4)]
    tree = [(0, 1), (1, 2), (2, 3)]
    chosen = tree + draw(st.lists(st.sampled_from(pairs), max_size=4))
    inner = [(i, j, draw(st.integers(1, 400))) for i, j in chosen]
    at = {name: draw(st.integers(0, 3)) for name in GATES}
    rows = []
    for k in range(draw(st.integers(2, 4))):
        cells = {name: draw(gate_list(0, 1, 3)) for name in ("enters_by", "leaves_by")}
        cells |= {f"except_{n}": draw(gate_list(0, 0, 1)) for n in ("enters_by", "leaves_by")}
        rows.append(
            tariff(f"T{k}", **cells, flow_kind=draw(st.sampled_from(KINDS)),
                   coefficient=draw(coefficients),
                   several=draw(st.sampled_from(("largest", "product"))))
        )  # fmt: skip
    return inner, at, rows


@settings(max_examples=150)
@given(worlds(), st.sampled_from((("A", "C", ()), ("C", "A", ()), ("B", "C", ("AAA",)),
                                  ("A", "B", ("CCC",)))))  # fmt: skip
def test_layers_equal_brute_force_over_all_paths(
    world: tuple[Any, Any, list[Row]], trip: tuple[str, str, tuple[str, ...]]
) -> None:
    start, end, avoid = trip
    study = railway(*world)
    found = route(study, f"zone:{start}", f"zone:{end}", class_id="M", unit="t", date=DAY,
                  avoid=avoid, modes=("rail",))  # fmt: skip
    assert found.totals is not None
    assert found.totals.gc_usd_per_t == pytest.approx(brute(world, start, end), abs=1e-5)


@settings(max_examples=40)
@given(worlds())
def test_the_reduced_network_gives_the_same_skims(world: tuple[Any, Any, list[Row]]) -> None:
    study = railway(*world)
    matrix = skims(study, class_id="M", unit="t", date=DAY, modes=("rail",))
    for start, end in (("A", "C"), ("C", "A")):
        value = float(matrix["gc_usd_per_t"].sel(origin=start, destination=end))
        assert value == pytest.approx(brute(world, start, end), abs=1e-9)
    # Outside the days of validity the rates in force hold, on the same network.
    plain = skims(study, class_id="M", unit="t", date="2026-01-01", modes=("rail",))
    bare = skims(railway(*world[:2], []), class_id="M", unit="t", modes=("rail",))
    np.testing.assert_allclose(plain["gc_usd_per_t"], bare["gc_usd_per_t"], rtol=1e-12)


# ---- single rules ----------------------------------------------------------------------------

LINE = ([(0, 1, 100), (1, 2, 100), (2, 3, 100)], {"X0": 0, "X1": 1, "Y0": 3, "Y1": 2})


def cost(rows: list[Row], day: str = DAY, class_id: str = "M", **asked: Any) -> float:
    found = route(railway(*LINE, rows), "zone:A", "zone:C", class_id=class_id, date=day,
                  **{"unit": "t", "modes": ("rail",), "avoid": ("X1", "Y1"), **asked})  # fmt: skip
    assert found.totals is not None
    return found.totals.cost_usd_per_t


USUAL = 300 * RATE + 2 * FEE + 2 * 0.1


def test_the_usual_rate_without_a_tariff() -> None:
    assert cost([]) == pytest.approx(USUAL)


def test_a_surcharge_on_a_section_must_be_paid() -> None:
    rows = [tariff("S", applies="surcharge", coefficient=3.0, link_ids="L1")]
    assert cost(rows) == pytest.approx(USUAL + 2 * 100 * RATE)
    half = tariff("H", leaves_by="Y0", coefficient=0.5)
    assert cost([*rows, half]) == pytest.approx(USUAL - 150 * RATE + 100 * RATE)


def test_a_surcharge_of_another_class_or_date_is_not_paid() -> None:
    row = tariff("S", applies="surcharge", coefficient=3.0, link_ids="L1", class_ids="G")
    assert cost([row]) == pytest.approx(USUAL)
    assert cost([row], class_id="G") == pytest.approx(USUAL + 200 * RATE)
    assert cost([row], "2025-10-01", "G") == pytest.approx(USUAL)


def test_the_weight_of_the_box_picks_the_rate() -> None:
    """Ten tonnes in a TEU and 2.3 t of the box: 12.3 t gross."""
    light = tariff("L", cargo="container", unit="teu", gross_t_to=12.0,
                   rate_usd_per_unit_km=0.1, leaves_by="Y0")  # fmt: skip
    heavy = tariff("H", cargo="container", unit="teu", gross_t_from=12.0,
                   rate_usd_per_unit_km=0.2, leaves_by="Y0")  # fmt: skip
    box = {"unit": "teu"}
    assert cost([light, heavy], **box) == pytest.approx(USUAL - 300 * RATE + 300 * 0.02)
    assert cost([light], **box) == pytest.approx(USUAL)
    assert cost([light, heavy], unit="wagon") == pytest.approx(USUAL)


def test_base_and_addon_of_a_row() -> None:
    row = tariff("B", leaves_by="Y0", coefficient=0.5, unit="wagon", base_usd_per_unit_km=1.2,
                 base_status="assumed", addon_usd_per_unit_km=0.06)  # fmt: skip
    assert cost([row]) == pytest.approx(USUAL - 300 * RATE + 300 * (0.5 * 1.2 + 0.06) / 60)


def test_common_wagons_do_not_get_what_is_for_private_ones() -> None:
    row = tariff("P", leaves_by="Y0", coefficient=0.5, ownership="private")
    study = railway(*LINE, [row])
    common = study.replace(settings=replace(study.settings, tariffs=Tariffs("common")))
    asked = {"class_id": "M", "unit": "t", "date": DAY, "modes": ("rail",), "avoid": ("X1", "Y1")}
    costs = [route(one, "zone:A", "zone:C", **asked).totals for one in (study, common)]
    assert [c and c.cost_usd_per_t for c in costs] == pytest.approx([USUAL - 150 * RATE, USUAL])


def test_loads_lie_on_the_railway_itself() -> None:
    """Arcs of a layer refer to the links and gates of the railway, length and all."""
    graph = build(railway(*LINE, [tariff("H", enters_by="X0", leaves_by="Y0", coefficient=0.5)]))
    copies = graph.tariff == 0
    assert copies.sum() == 2 * 3 + 2  # three links both ways, one way in and one out
    for arc in np.flatnonzero(copies):
        ends = graph.base[graph.tail[arc]], graph.base[graph.head[arc]]
        same = (graph.tail == ends[0]) & (graph.head == ends[1]) & (graph.ref == graph.ref[arc])
        (base,) = np.flatnonzero(same & (graph.tariff < 0))
        assert graph.kind[base] == graph.kind[arc]
        assert graph.length_km[base] == graph.length_km[arc]
        assert graph.place[base] == graph.place[arc]
    assert not graph.open[copies].any()  # the tariff does not hold on the base date


# ---- restrictions ----------------------------------------------------------------------------


def closed(**cells: Any) -> Row:
    return {"restriction_id": "R", "place_kind": "border_crossing", "place_ids": "Y0",
            "allowed_share": 0, "valid_from": "2025-11-15", "valid_to": "2025-12-08",
            "document_no": "KTZ 7", "reason": "no cargo accepted", **cells}  # fmt: skip


def ask(start: str, end: str, day: str, **cells: Any) -> RouteResult:
    study = railway(*LINE, [], restriction=[closed(**cells)])
    return find(RouteRequest(f"zone:{start}", f"zone:{end}", study, commodity="M", unit="t", at=day,
                             modes=("rail",), avoid=("Y1",)))  # fmt: skip


def test_a_crossing_is_shut_in_one_direction_for_a_time_and_says_so() -> None:
    way = {"from_country": "BBB", "to_country": "CCC"}
    assert ask("A", "C", "2025-11-14", **way).found
    shut = ask("A", "C", "2025-11-20", **way)
    assert not shut.found
    assert (
        "Gate Y0 (no cargo accepted from BBB to CCC (KTZ 7, valid 2025-11-15 to 2025-12-08))"
        in (shut.route.reason)
    )
    assert ask("C", "A", "2025-11-20", **way).found
    assert ask("A", "C", "2025-12-09", **way).found


def test_a_crossing_is_shut_to_the_goods_of_one_country() -> None:
    assert not ask("A", "C", "2025-11-20", exporter="AAA").found
    assert "KTZ 7" in ask("A", "C", "2025-11-20", exporter="AAA").route.reason
    assert ask("B", "C", "2025-11-20", exporter="AAA").found
    assert not ask("B", "C", "2025-11-20", importer="CCC").found
    assert ask("A", "C", "2025-11-20", exporter="AAA", class_ids="G").found


# ---- a rate that falls with distance -----------------------------------------------------------

STEPS = ((0.0, RATE), (100.0, 0.02), (250.0, 0.005))  # from km, US$ per t-km


def tapered(km: float) -> float:
    """Charge of a stay: every kilometre at the rate of its step."""
    ends = [*(start for start, _ in STEPS[1:]), np.inf]
    return sum(
        rate * max(min(km, end) - start, 0.0)
        for (start, rate), end in zip(STEPS, ends, strict=True)
    )


def taper_rows() -> list[Row]:
    """The steps beyond the first (the usual rate) as fixed parts and rates."""
    rows, fixed = [], 0.0
    for k, ((_, before), (start, rate)) in enumerate(pairwise(STEPS)):
        fixed += start * (before - rate)
        rows.append(tariff(f"S{k}", unit="t", fixed_usd_per_unit=fixed, rate_usd_per_unit_km=rate))
    return rows


@settings(max_examples=60)
@given(worlds(), st.sampled_from((("A", "C", ()), ("C", "A", ()), ("B", "C", ("AAA",)))))
def test_a_taper_is_exact_by_the_kilometres_of_each_stay(
    world: tuple[Any, Any, list[Row]], trip: tuple[str, str, tuple[str, ...]]
) -> None:
    start, end, avoid = trip
    inner, at, _ = world
    found = route(railway(inner, at, taper_rows()), f"zone:{start}", f"zone:{end}", class_id="M",
                  unit="t", date=DAY, avoid=avoid, modes=("rail",))  # fmt: skip
    edges = [(INNER[i], INNER[j], float(km), "") for i, j, km in inner]
    edges += [(OUTSIDE[land], INNER[at[name]], 0.0, name) for name, land in GATES.items()]
    nodes = {"A": "a", "B": "b0", "C": "c"}
    costs = []
    for path in _paths(edges, nodes[start], nodes[end]):
        if "B" in (start, end) and _leaves_home(path, start, end):
            continue
        stays, km = [0.0], sum(step[2] for step in path)
        for _, to, length, gate in path:
            if gate and to.startswith("b"):
                stays.append(0.0)
            stays[-1] += length
        gates = sum(bool(step[3]) for step in path)
        cost = 2 * ACCESS_KM * (0.1 + TIME_VALUE / SPEED) + TIME_VALUE * km / SPEED
        cost += gates * (FEE + TIME_VALUE * DWELL_H) + sum(tapered(stay) for stay in stays)
        costs.append(cost)
    assert found.totals is not None
    assert found.totals.gc_usd_per_t == pytest.approx(min(costs), abs=1e-5)


def test_a_graph_of_other_ways_in_and_out_is_refused() -> None:
    one, two = (railway(*LINE, [tariff("H", leaves_by=x, coefficient=0.5)]) for x in ("Y0", "Y1"))
    with pytest.raises(OpenCorridorError) as error:
        open_mask(two, build(one), DAY)
    assert [problem.code for problem in error.value.problems] == ["tariff_layers_void"]


@settings(max_examples=60)
@given(worlds(), st.booleans())
def test_a_station_finds_the_tariffs_that_a_zone_beside_it_finds(
    world: tuple[Any, Any, list[Row]], leaving: bool
) -> None:
    study, asked = railway(*world), {"class_id": "M", "unit": "t", "date": DAY, "modes": ("rail",)}
    # Zone B lies 1 km from the station b0: the trip costs what it does from there, less that.
    near = (0.1 + TIME_VALUE / SPEED) * ACCESS_KM
    way = ("rail:b0", "zone:C", "AAA") if leaving else ("zone:A", "rail:b0", "CCC")
    found = route(study, *way[:2], avoid=way[2:], **asked)
    assert found.totals is not None
    ends = ("B", "C") if leaving else ("A", "B")
    assert found.totals.gc_usd_per_t == pytest.approx(brute(world, *ends) - near, abs=1e-5)
