"""Doors of the room that take a study: price a graph, find a route, make skims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.costs import cost_plan, generalised, price, weights
from opencorridor.network import Graph, build, open_mask, reduced
from opencorridor.routing.asking import (
    Cargo,
    Goods,
    Needs,
    choose_cargo,
    end_of,
    find_elements,
    needs_text,
)
from opencorridor.routing.countries import country_skim, to_country_dataset
from opencorridor.routing.elimination import elimination_of
from opencorridor.routing.ends import Approach, Pricer
from opencorridor.routing.labels import Rows, labels_of
from opencorridor.routing.masks import element_arcs, parse_modes
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.routes import Route, Wanted, find_route
from opencorridor.routing.ruled import rules_of
from opencorridor.routing.skimming import SkimArrays, skim_arrays, to_dataset
from opencorridor.study.errors import OpenCorridorError, Problem
from opencorridor.study.places import resolve

if TYPE_CHECKING:
    import xarray as xr

    from opencorridor.study import Study

__all__ = ["approach_pricer", "price_graph", "refuse_disconnected", "route", "skims"]


def price_graph(
    graph: Graph, study: Study, class_id: str, cargo: str, date: str | None = None
) -> PricedGraph:
    """Price a whole or reduced graph for one class, cargo and date.

    Parameters
    ----------
    graph, study
        The graph of this study.
    class_id, cargo
        Commodity class; ``container`` or ``bulk``.
    date
        ISO 8601; by default the study's ``baseline_date``. It picks rates and what is open.

    Raises
    ------
    OpenCorridorError
        As :func:`opencorridor.costs.cost_plan`.
    """
    day = date or study.settings.baseline_date
    graph = graph.with_open(open_mask(study, graph, day, class_id))
    costs = price(cost_plan(graph, study, day), study, class_id, cargo)
    gc = generalised(costs, weights(study, class_id))
    return PricedGraph(
        graph=graph,
        time_h=costs.time_h,
        spread_h=costs.spread_h,
        co2_kg_per_t=costs.co2_kg_per_t,
        money_usd_per_t=np.ascontiguousarray(costs.money_usd_per_t.T),
        gc_usd_per_t=np.ascontiguousarray(np.stack(gc, axis=1)),
        tariff_row=costs.tariff_row,
    )


def approach_pricer(study: Study, class_id: str, cargo: str, date: str | None = None) -> Pricer:
    """Return what first and last kilometres by truck from coordinates cost, as at an access."""
    from opencorridor.costs import payloads
    from opencorridor.costs.rates import Key, RateBook

    day = date or study.settings.baseline_date
    rates, speeds = RateBook(study["mode_rate"], day), RateBook(study["speed"], day)
    factors = RateBook(study["emission_factor"], day)
    payload = payloads(study, class_id)
    weight = weights(study, class_id)

    def cell(book: RateBook, row: int, column: str) -> float:
        return float(book.table[column][row]) if row >= 0 else float("nan")

    def approach(country: str, mode: str, km: float) -> Approach:
        key = Key("access", country, on_mode=mode, cargo=cargo, flow_kind="import_export")
        row = rates.find(key)
        unit = payload[str(rates.table["unit"][row])] if row >= 0 else float("nan")
        per_km = cell(rates, row, "rate_usd_per_unit_km")
        per_km += cell(rates, row, "empty_return_share") * cell(
            rates, row, "empty_rate_usd_per_unit_km"
        )
        money = (per_km * km + cell(rates, row, "fixed_usd_per_unit")) / unit
        row = speeds.find(key)
        stretch = 24.0 / cell(speeds, row, "moving_h_per_day")
        hours = km / cell(speeds, row, "speed_km_per_h") * stretch + cell(speeds, row, "fixed_h")
        row = factors.find(key)
        co2 = km * cell(factors, row, "fuel_g_per_tkm") / 1000.0 if row >= 0 else 0.0
        gc = money + weight.time_usd_per_t_h * hours + weight.carbon_usd_per_t / 1000.0 * co2
        return Approach(km, hours, 0.0, money, gc, co2)

    return approach


def route(
    study: Study,
    origin: str,
    destination: str,
    *,
    class_id: str | None = None,
    unit: str | None = None,
    cargo: str | None = None,
    modes: Iterable[str] | None = None,
    avoid: Iterable[str] = (),
    no_transit: Iterable[str] = (),
    date: str | None = None,
) -> Route:
    """Find the best route between two places of a study.

    Parameters
    ----------
    study
        The study.
    origin, destination
        Names in any recorded spelling, ids, UN/LOCODE or ``lat,lon``.
    class_id, unit, cargo
        Commodity (id or name), unit (t, teu, feu, truck, wagon), container or bulk; by default
        the study's.
    modes, avoid, no_transit
        Allowed modes; countries, crossings, ports, links or modes that no part may touch;
        countries that may not be passed through.
    date
        ISO 8601; by default the study's ``baseline_date``.

    Returns
    -------
    Route
        ``route.found`` tells whether there is one; else ``reason`` and ``opens_with``.

    Raises
    ------
    OpenCorridorError
        Unknown or ambiguous places, unknown commodity, unit or mode.
    """
    sent = choose_cargo(
        Goods.of(study["commodity"]), study.settings.default, class_id, unit, None, cargo
    )
    graph = build(study)
    labels = labels_of(study, graph)
    priced = price_graph(graph, study, sent.class_id, sent.cargo, date)
    allowed = parse_modes(modes)
    wanted = Wanted(
        sent.cargo,
        allowed,
        find_elements(study, graph, labels, avoid),
        tuple(resolve(study, c, "country").id for c in no_transit),
    )
    pricer = approach_pricer(study, sent.class_id, sent.cargo, date)
    ends = [
        end_of(resolve(study, text), priced.graph, labels, allowed, pricer, arriving=arriving)
        for text, arriving in ((origin, False), (destination, True))
    ]
    return find_route(priced, labels, ends[0], ends[1], wanted)


def _zone_disconnected(zone: str, name: str) -> Problem:
    return Problem(
        code="zone_disconnected",
        message=f"zone {zone} ({name}) has no way to or from any other zone",
        table="zone",
        column="zone_id",
        value=zone,
        expected="a way to at least one other zone by the modes and cargo asked",
        mend="add an access or a link, or use --allow-disconnected",
    )


def refuse_disconnected(skim: SkimArrays, names: Sequence[str]) -> None:
    """Raise with every zone that is cut off (code ``zone_disconnected``, CASES 9)."""
    name_of = dict(zip((str(z) for z in skim.zone_id), names, strict=True))
    lone = skim.disconnected
    if lone:
        raise OpenCorridorError([_zone_disconnected(z, name_of[z]) for z in lone])


def _removed(study: Study, graph: Graph, texts: Sequence[str]) -> dict[str, npt.NDArray[np.bool_]]:
    """Return the arcs of everything that is avoided, by its name."""
    if not texts:
        return {}
    labels = labels_of(study, graph)
    return {
        element.name: element_arcs(graph, element, labels.link_id)
        for element in find_elements(study, graph, labels, texts)
    }


def _told(study: Study, sent: Cargo) -> dict[str, str]:
    """Return what a skim says of its study and cargo."""
    return {
        "study": study.id,
        "study_hash": study.hash,
        "class_id": sent.class_id,
        "cargo": sent.cargo,
        "needs": needs_text(sent.needs),
        "price_basis": f"constant US$ of {study.settings.price_year}",
    }


def skims(
    study: Study,
    *,
    class_id: str | None = None,
    unit: str | None = None,
    cargo: str | None = None,
    modes: Iterable[str] | None = None,
    avoid: Iterable[str] = (),
    no_transit: Iterable[str] = (),
    date: str | None = None,
    vehicle: str | None = None,
    needs: Needs | None = None,
    allow_disconnected: bool = False,
    by: str = "zone",
) -> xr.Dataset:
    """Skim all zones: hours, money, generalised cost, CO2e, kilometres and spread.

    Parameters
    ----------
    study, class_id, unit, cargo, modes, avoid, no_transit
        As for :func:`route`.
    date
        ISO 8601; by default a year about the study's ``baseline_date``, which meets all seasons.
    vehicle
        Country in which a truck is registered, for permits and bans.
    needs
        Dangerous goods, temperature, type of container, weight of a unit.
    allow_disconnected
        Leave zones that reach nothing in the skim as NaN instead of refusing them.
    by
        ``zone``, or ``country`` for means by the weight of zones in the trade of countries.

    Returns
    -------
    xarray.Dataset
        Dims origin, destination (zone or country ids); NaN and a reason code where there is no way.

    Raises
    ------
    OpenCorridorError
        Code ``zone_disconnected``, naming every such zone.
    """
    sent = choose_cargo(
        Goods.of(study["commodity"]), study.settings.default, class_id, unit, None, cargo, needs
    )
    allowed, day = parse_modes(modes), date or study.settings.baseline_date
    countries = tuple(resolve(study, c, "country").id for c in no_transit)
    truck = resolve(study, vehicle, "country").id if vehicle else ""
    texts = list(avoid)
    # Links hide inside shortcuts, so a skim that avoids any runs on the whole graph.
    graph = build(study) if texts else reduced(study).graph
    priced = price_graph(graph, study, sent.class_id, sent.cargo, day)
    rows = Rows.of(study.tables)
    skim = skim_arrays(
        priced,
        sent.cargo,
        allowed,
        rules=rules_of(priced.graph, rows, study.tables, sent, day, date is not None, truck),
        no_transit=countries,
        removed=_removed(study, graph, texts),
        order=None if texts else elimination_of(study, graph),
    )
    names = list(study["zone"]["name_en"])
    if not allow_disconnected:
        refuse_disconnected(skim, names)
    attrs = {
        **_told(study, sent),
        "date": day,
        "seasons": "of the date" if date else "a year, all seasons",
        "vehicle": truck,
        "no_transit": ", ".join(countries),
        "modes": ", ".join(allowed),
        "avoid": ", ".join(texts),
    }
    if by == "country":
        return to_country_dataset(study, country_skim(study, skim, sent.class_id), attrs)
    return to_dataset(skim, names, attrs)
