"""Costs: hours, money, CO2e and spread of every arc for a class of cargo on a date."""

from opencorridor.costs.ad_valorem import class_mean, tau_hat
from opencorridor.costs.arc_costs import (
    ArcCosts,
    ArcParts,
    Weights,
    arc_costs,
    arc_parts,
    generalised,
    part_weights,
    payloads,
    price,
    unit_cost,
    weights,
)
from opencorridor.costs.hours import ArcHours, arc_hours
from opencorridor.costs.plan import CostPlan, cost_plan
from opencorridor.costs.rates import FLOW_KINDS

__all__ = [
    "FLOW_KINDS",
    "ArcCosts",
    "ArcHours",
    "ArcParts",
    "CostPlan",
    "Weights",
    "arc_costs",
    "arc_hours",
    "arc_parts",
    "class_mean",
    "cost_plan",
    "generalised",
    "part_weights",
    "payloads",
    "price",
    "tau_hat",
    "unit_cost",
    "weights",
]
