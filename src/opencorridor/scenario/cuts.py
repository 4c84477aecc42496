"""The cuts of a solved state: where goods end for which no wait is a price."""

from __future__ import annotations

from opencorridor.freight.place_cuts import Cut, find_cuts
from opencorridor.scenario.model import Model
from opencorridor.scenario.state import State

__all__ = ["cuts"]

# A place whose wait is above this share of the longest that is believed counts as full: goods that
# cannot pass another place gain nothing there.
FULL_SHARE = 0.5


def cuts(model: Model, state: State) -> tuple[Cut, ...]:
    """Return the cuts of a state, the one with the most stranded tonnes first."""
    tonnes = (state.tonnes * model.covered)[model.rows.cell] * state.prices.weight
    full = state.clearing.wait_h > FULL_SHARE * state.prices.curve.max_h
    return find_cuts(model.options, state.share, tonnes, full, state.clearing.stranded_t)
