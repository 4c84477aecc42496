"""Trade between countries: gravity, equilibrium after a change of costs, growth, potential.

The engine serves alone, on anyone's table: ``opencorridor.trade.estimate(table, ["log_dist"])``,
``opencorridor.trade.solve(flows, theta=5.0, tau_hat=...)``.
"""

from __future__ import annotations

from opencorridor.trade.baseline import GravityBaseline, gravity_access, gravity_baseline
from opencorridor.trade.draws import Effects, Ensemble, Normal, Triangular, ensemble
from opencorridor.trade.effects import (
    CountryEffect,
    PairEffect,
    country_effects,
    creation_diversion,
)
from opencorridor.trade.estimate import Estimate, estimate, reset_test
from opencorridor.trade.growth import Grown, Growth, grow, growth_index
from opencorridor.trade.matrix import DomesticNote, TradeMatrix, domestic, elasticities, matrix
from opencorridor.trade.multi_sector import SectorEquilibrium, SectorWorld
from opencorridor.trade.one_sector import OneSector, OneSectorResult, one_sector
from opencorridor.trade.potential import RequiredTauHat, required_tau_hat
from opencorridor.trade.prediction import NamedEffects, expect, named_effects
from opencorridor.trade.prices import Deflator, deflator, to_constant, to_current
from opencorridor.trade.sector_accounts import sector_world
from opencorridor.trade.solve import Cells, Equilibrium, World, solve, world

__all__ = [
    "Cells",
    "CountryEffect",
    "Deflator",
    "DomesticNote",
    "Effects",
    "Ensemble",
    "Equilibrium",
    "Estimate",
    "GravityBaseline",
    "Grown",
    "Growth",
    "NamedEffects",
    "Normal",
    "OneSector",
    "OneSectorResult",
    "PairEffect",
    "RequiredTauHat",
    "SectorEquilibrium",
    "SectorWorld",
    "TradeMatrix",
    "Triangular",
    "World",
    "country_effects",
    "creation_diversion",
    "deflator",
    "domestic",
    "elasticities",
    "ensemble",
    "estimate",
    "expect",
    "gravity_access",
    "gravity_baseline",
    "grow",
    "growth_index",
    "matrix",
    "named_effects",
    "one_sector",
    "required_tau_hat",
    "reset_test",
    "sector_world",
    "solve",
    "to_constant",
    "to_current",
    "world",
]
