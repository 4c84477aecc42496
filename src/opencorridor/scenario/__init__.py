"""Scenario: measures by date, the loop of trade and traffic, years, draws, assumptions.

Names load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencorridor.study.lazy import lazy

if TYPE_CHECKING:
    from opencorridor.scenario.assumptions import Assumption, Swing
    from opencorridor.scenario.build import build_model, extend
    from opencorridor.scenario.ensembles import DrawResult, draw_once, run_draws, run_ensemble
    from opencorridor.scenario.measures import apply, check_choice, edited_places, in_force_between
    from opencorridor.scenario.model import Model, parameters
    from opencorridor.scenario.path import (
        Decomposition,
        decompose,
        effect_date,
        pair_trade,
        price_index,
        schedule,
        state_of_year,
        year_flows,
    )
    from opencorridor.scenario.prices import Prices, prices
    from opencorridor.scenario.search import Search
    from opencorridor.scenario.shadow import shadow_prices, trade_worth
    from opencorridor.scenario.state import Baseline, State, baseline, run_state
    from opencorridor.scenario.store import load_model

_HOMES = {
    "assumptions": (
        "Assumption",
        "Swing",
    ),
    "build": (
        "build_model",
        "extend",
    ),
    "ensembles": (
        "DrawResult",
        "draw_once",
        "run_draws",
        "run_ensemble",
    ),
    "measures": (
        "apply",
        "check_choice",
        "edited_places",
        "in_force_between",
    ),
    "model": (
        "Model",
        "parameters",
    ),
    "path": (
        "Decomposition",
        "decompose",
        "effect_date",
        "pair_trade",
        "price_index",
        "schedule",
        "state_of_year",
        "year_flows",
    ),
    "prices": ("Prices", "prices"),
    "search": ("Search",),
    "shadow": ("shadow_prices", "trade_worth"),
    "state": (
        "Baseline",
        "State",
        "baseline",
        "run_state",
    ),
    "store": ("load_model",),
}

__all__ = [
    "Assumption",
    "Baseline",
    "Decomposition",
    "DrawResult",
    "Model",
    "Prices",
    "Search",
    "State",
    "Swing",
    "apply",
    "baseline",
    "build_model",
    "check_choice",
    "decompose",
    "draw_once",
    "edited_places",
    "effect_date",
    "extend",
    "in_force_between",
    "load_model",
    "pair_trade",
    "parameters",
    "price_index",
    "prices",
    "run_draws",
    "run_ensemble",
    "run_state",
    "schedule",
    "shadow_prices",
    "state_of_year",
    "trade_worth",
    "year_flows",
]


__getattr__ = lazy(__name__, globals(), _HOMES)
