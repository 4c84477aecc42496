"""Routing: shortest trees, skims, routes leg by leg, kept route sets, fit to observations.

Names load on first use, so that a route does not wait for what it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencorridor.study.lazy import lazy

if TYPE_CHECKING:
    from opencorridor.routing.api import approach_pricer, price_graph, route, skims
    from opencorridor.routing.choices import Choice, choose
    from opencorridor.routing.countries import CountrySkim, country_skim, zone_weights
    from opencorridor.routing.fronts import FrontRoutes, front_routes
    from opencorridor.routing.labels import Labels, labels_of
    from opencorridor.routing.legs import Leg, Totals
    from opencorridor.routing.masks import Element, mode_mask, present_bits
    from opencorridor.routing.openings import Opening
    from opencorridor.routing.pareto import Front, Ground, Terrain
    from opencorridor.routing.priced import PricedGraph
    from opencorridor.routing.reliability import Reliability, Stays, stays_of
    from opencorridor.routing.routes import Route, Wanted, find_route
    from opencorridor.routing.routeset import Pass, RouteSet, build_routes, join_routes
    from opencorridor.routing.skimming import SkimArrays, skim_arrays

_HOMES = {
    "api": ("approach_pricer", "price_graph", "route", "skims"),
    "choices": ("Choice", "choose"),
    "countries": ("CountrySkim", "country_skim", "zone_weights"),
    "fronts": ("FrontRoutes", "front_routes"),
    "labels": ("Labels", "labels_of"),
    "legs": ("Leg", "Totals"),
    "masks": ("Element", "mode_mask", "present_bits"),
    "openings": ("Opening",),
    "pareto": ("Front", "Ground", "Terrain"),
    "priced": ("PricedGraph",),
    "reliability": ("Reliability", "Stays", "stays_of"),
    "routes": ("Route", "Wanted", "find_route"),
    "routeset": ("Pass", "RouteSet", "build_routes", "join_routes"),
    "skimming": ("SkimArrays", "skim_arrays"),
}

__all__ = [
    "Choice",
    "CountrySkim",
    "Element",
    "Front",
    "FrontRoutes",
    "Ground",
    "Labels",
    "Leg",
    "Opening",
    "Pass",
    "PricedGraph",
    "Reliability",
    "Route",
    "RouteSet",
    "SkimArrays",
    "Stays",
    "Terrain",
    "Totals",
    "Wanted",
    "approach_pricer",
    "build_routes",
    "choose",
    "country_skim",
    "find_route",
    "front_routes",
    "join_routes",
    "labels_of",
    "mode_mask",
    "present_bits",
    "price_graph",
    "route",
    "skim_arrays",
    "skims",
    "stays_of",
    "zone_weights",
]


__getattr__ = lazy(__name__, globals(), _HOMES)
