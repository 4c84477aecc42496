"""Skims keep to the rules that routes keep to: cargo, trucks, countries of trade, dates."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import xarray as xr

from opencorridor.network import build
from opencorridor.routing.api import price_graph, skims
from opencorridor.routing.asking import NO_NEEDS, Cargo, Goods, Needs, choose_cargo
from opencorridor.routing.ends import zone_end
from opencorridor.routing.labels import labels_of
from opencorridor.routing.routes import find_route, trip_kinds
from opencorridor.routing.ruled import ruled, rules_of
from opencorridor.routing.skimmer import Skimmer, main_cargoes
from opencorridor.routing.skimming import reason_texts
from opencorridor.routing.wanted import Wanted
from opencorridor.study import Study, Table, open_study
from tests.routing import small

DAY = "2025-06-01"
Rows = dict[str, list[dict[str, Any]]]


def table(name: str, rows: list[dict[str, Any]]) -> Table:
    has = Table(name).columns
    mark = {k: v for k, v in small.MARK.items() if k in has}
    return Table.from_rows(name, [{**mark, **row} for row in rows])


def with_rows(study: Study, rows: Rows) -> Study:
    return study.replace({name: table(name, mine) for name, mine in rows.items() if mine})


class Routes:
    """Best routes between zones, each searched by itself on the whole graph."""

    def __init__(
        self, study: Study, sent: Cargo, date: str | None, vehicle: str = "", **wanted: Any
    ) -> None:
        day = date or study.settings.baseline_date
        graph = build(study)
        self.labels = labels_of(study, graph)
        self.priced = price_graph(graph, study, sent.class_id, sent.cargo, day)
        self.rules = rules_of(
            self.priced.graph, self.labels.rows, study.tables, sent, day, date is not None,
            vehicle,
        )  # fmt: skip
        self.wanted = Wanted(sent.cargo, **wanted)
        self.country = dict(zip(study["zone"]["zone_id"], study["zone"]["country_id"], strict=True))

    def __call__(self, origin: str, destination: str) -> Any:
        trade = self.country[origin], self.country[destination]
        ends = (zone_end(self.priced.graph, self.labels, z) for z in (origin, destination))
        return find_route(self.priced, self.labels, *ends, ruled(self.wanted, self.rules, trade))


def same_as_routes(data: xr.Dataset, routes: Routes, pairs: list[tuple[str, str]]) -> int:
    """Compare pairs; return how many have no way."""
    texts, cut = reason_texts(data), 0
    for a, b in pairs:
        cell = data.sel(origin=a, destination=b)
        found = routes(a, b)
        value = float(cell["gc_usd_per_t"])
        if found.found:
            kinds = trip_kinds(routes.priced, found)
            cost = routes.priced.gc_usd_per_t[list(found.arcs), kinds].sum()
            assert value == pytest.approx(cost, rel=1e-9), (a, b)
            assert int(cell["reason"]) == 0
            continue
        cut += 1
        assert np.isnan(value), (a, b)
        told = texts[int(cell["reason"])]
        said = str(found.opens_with[0]) if found.opens_with else ""
        if told.startswith("forbidden by "):
            kind, _, name = told.removeprefix("forbidden by ").partition(" rule: ")
            assert f"{name.replace('; ', ', ')} (forbidden by {kind} rule)" in said
        elif told.startswith("no transit"):
            assert "(no transit)" in said
        else:
            # Several reasons at once, or what was there before any rule.
            assert "(forbidden by" not in said or told.startswith("several") or ", " in said
    return cut


def drawn(rng: np.random.Generator) -> Rows:
    """Rules of every kind, at places of the teaching study."""
    gates, roads = ["AB_RAIL", "AAA-BBB-RO01", "BC_RAIL", "BC_ROAD"], ["L20", "L04", "L08"]
    lands = ["AAA", "BBB", "CCC"]

    def pick(values: list[str]) -> str:
        return str(rng.choice(values))

    places = {"border_crossing": gates, "link": roads, "terminal": ["PORT_A", "PORT_C"],
              "country": lands, "everywhere": [""]}  # fmt: skip
    cargo_rules = []
    for n in range(int(rng.integers(1, 4))):
        kind = pick(list(places))
        cargo_rules.append(
            {"cargo_rule_id": f"C{n}", "place_kind": kind, "place_ids": pick(places[kind]),
             "mode": pick(["", "road", "rail", "sea"] if kind != "everywhere" else ["road", "sea"]),
             "class_ids": pick(["", "G", "M"]), "dangerous_classes": pick(["", "any", "3"]),
             "max_t_per_unit": float(rng.choice([10.0, 30.0])), "reason": f"cargo rule {n}"}
        )  # fmt: skip
    permits = [
        {"permit_id": f"P{n}", "country_id": pick(lands), "registered_in": pick(["", "AAA"]),
         "trip": pick(["transit", "bilateral", "any"]), "rule": "banned", "reason": f"permit {n}"}
        for n in range(int(rng.integers(0, 3)))
    ]  # fmt: skip
    restrictions = [
        {"restriction_id": f"R{n}", "place_kind": "border_crossing", "place_ids": pick(gates),
         "exporter": pick(["", *lands]), "importer": pick(lands), "class_ids": pick(["", "G"]),
         "allowed_share": 0, "valid_from": "2025-01-01", "reason": f"restriction {n}"}
        for n in range(int(rng.integers(1, 4)))
    ]  # fmt: skip
    return {"cargo_rule": cargo_rules, "permit": permits, "restriction": restrictions}


@pytest.mark.parametrize("seed", range(8))
def test_skims_under_random_rules_are_the_routes_of_all_pairs(teaching: Study, seed: int) -> None:
    rng = np.random.default_rng(seed)
    study = with_rows(teaching, drawn(rng))
    needs = Needs(dangerous=str(rng.choice(["", "3"])), temperature=bool(rng.integers(2)))
    vehicle = str(rng.choice(["", "AAA"]))
    zones = study["zone"]["zone_id"].tolist()
    pairs = [(a, b) for a in zones for b in zones if a != b]
    for class_id in ("G", "M"):
        sent = choose_cargo(
            Goods.of(study["commodity"]), study.settings.default, class_id, needs=needs
        )
        data = skims(
            study, class_id=class_id, needs=needs, vehicle=vehicle or None, date=DAY,
            no_transit=("BBB",) if seed == 7 else (), allow_disconnected=True,
        )  # fmt: skip
        more = {"no_transit": ("BBB",)} if seed == 7 else {}
        same_as_routes(data, Routes(study, sent, DAY, vehicle, **more), pairs)


def test_rules_of_trade_bite_between_their_countries_only(teaching: Study) -> None:
    shut = {"place_kind": "border_crossing", "place_ids": "AB_RAIL;AAA-BBB-RO01",
            "exporter": "AAA", "importer": "CCC", "allowed_share": 0, "reason": "embargo",
            "document_no": "E-1", "valid_from": "2025-01-01"}  # fmt: skip
    study = with_rows(teaching, {"restriction": [{"restriction_id": "R", **shut}]})
    data = skims(study, class_id="G", modes=("rail",), date=DAY, allow_disconnected=True)
    gc = data["gc_usd_per_t"].to_pandas()
    assert gc.loc["A1", "C1"] != gc.loc["A1", "C1"]
    assert gc.loc["A1", "B1"] == gc.loc["A1", "B1"]
    assert gc.loc["C1", "A1"] == gc.loc["C1", "A1"]
    told = reason_texts(data)[int(data["reason"].sel(origin="A1", destination="C1"))]
    assert told == "forbidden by restriction rule: embargo (E-1, valid from 2025-01-01)"
    # Before it begins nothing is forbidden.
    before = skims(study, class_id="G", modes=("rail",), allow_disconnected=True)
    assert float(before["gc_usd_per_t"].sel(origin="A1", destination="C1")) > 0


def test_many_classes_at_once_keep_to_the_rules_of_each(teaching: Study) -> None:
    rules: Rows = {
        "cargo_rule": [{"cargo_rule_id": "C", "place_kind": "border_crossing",
                        "place_ids": "AB_RAIL", "class_ids": "M", "reason": "no machines"}],
        "restriction": [{"restriction_id": "R", "place_kind": "border_crossing",
                         "place_ids": "BC_RAIL", "exporter": "AAA", "class_ids": "G",
                         "allowed_share": 0, "reason": "no grain of Alphaland"}],
    }  # fmt: skip
    study = with_rows(teaching, rules)
    goods = main_cargoes(study)
    found = Skimmer(study, modes=("rail",)).sums(goods)
    for sent, row in zip(goods, found.class_of, strict=True):
        one = skims(
            study, class_id=sent.class_id, cargo=sent.cargo, modes=("rail",),
            allow_disconnected=True,
        )  # fmt: skip
        np.testing.assert_allclose(found.values[row, :, :, 5], one["gc_usd_per_t"], rtol=1e-12)
        assert np.isnan(found.values[row, :, :, 5]).sum() > len(one["origin"])


def test_a_date_meets_its_season_and_a_year_meets_all() -> None:
    ferry = small.ferry_study()
    season = ferry["timetable"].with_columns({"season_from": ["05-01"], "season_to": ["10-31"]})
    study = ferry.replace({"timetable": season})
    summer, winter, year = (
        skims(study, class_id="G", modes=("rail",), date=day, allow_disconnected=True)
        for day in ("2025-06-01", "2025-12-01", None)
    )
    assert summer["gc_usd_per_t"].equals(year["gc_usd_per_t"])
    assert float(year["gc_usd_per_t"].sel(origin="A", destination="B")) > 0
    cell = winter.sel(origin="A", destination="B")
    assert np.isnan(float(cell["gc_usd_per_t"]))
    told = reason_texts(winter)[int(cell["reason"])]
    assert told == "closed: out of season: runs from 05-01 to 10-31"


@cache
def shipped() -> Study:
    return open_study("iran_kazakhstan")


def test_shipped_skims_are_shipped_routes_on_a_day_with_a_ban_of_trucks() -> None:
    """Turkmen crossings were closed to foreign trucks then."""
    study, day = shipped(), "2021-06-01"
    rng = np.random.default_rng(5)
    lands = dict(zip(study["zone"]["zone_id"], study["zone"]["country_id"], strict=True))
    zones = [zone for zone, land in lands.items() if land in ("KAZ", "UZB", "TKM", "IRN")]
    for class_id, unit, needs in (
        ("C12", "feu", Needs(dangerous="3")), ("C07", "truck", NO_NEEDS)
    ):  # fmt: skip
        sent = choose_cargo(
            Goods.of(study["commodity"]), study.settings.default, class_id, unit, needs=needs
        )
        data = skims(
            study, class_id=class_id, unit=unit, needs=needs, date=day, modes=("road", "sea"),
            allow_disconnected=True,
        )  # fmt: skip
        routes = Routes(study, sent, day, modes=("road", "sea"))
        pairs = [tuple(rng.choice(zones, 2, replace=False).tolist()) for _ in range(6)]
        same_as_routes(data, routes, pairs)
