"""Whether the demand fits within hard capacities, and the proof where it does not.

The least sum of (flow - capacity)^2 / capacity above the capacities is an equilibrium, too: each
link costs the share by which it is overfull, and nothing else. Where some excess w is left,
demand times least w exceeds capacity times w, which no flow within the capacities allows. The proof
needs a gap no smaller than the share of the excess: demand far too large is refused at once.

Source: Farkas' lemma; the weights are those of the least-squares solution (Boyd and Vandenberghe
2004, "Convex optimization", 5.8).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from opencorridor.freight.link_cuts import MORE, refuse_cut, refuse_weighted

if TYPE_CHECKING:
    from opencorridor.freight.shifts import Work

__all__ = ["refuse_overfull"]

# Share above a capacity that counts as none; gap at which nothing more will be proved.
_FITS, _FINE = 1e-8, 1e-9
# Part of the excess that the gap may be when cuts are looked for once more.
_SHARP = 1e-2
_ROUNDS, _SUM_AGAIN = 200, 10


def refuse_overfull(work: Work, until: float) -> None:
    """Refuse demand that does not fit; return where it does, or where time is up.

    Raises
    ------
    OpenCorridorError
        ``assign_cut``, with the cut that is too narrow or, where there is none, all links at once.
    """
    trial = work.without_times()
    hard = np.isfinite(work.limit)
    limit = work.limit[hard]
    looked = False
    for turn in range(_ROUNDS):
        gap, total = trial.measure()
        over = trial.v[hard] / limit - 1.0
        if over.max(initial=0.0) <= _FITS:
            return
        weight = trial.queue()
        room, need = float(weight[hard] @ limit), float(trial.need.sum())
        if need > room * (1 + MORE):
            sharp = gap * total <= _SHARP * (total - room)
            if sharp or not looked:
                refuse_cut(work, weight)
                looked = True
            if sharp:
                refuse_weighted(work, weight, need / room)
        if gap <= _FINE or time.perf_counter() >= until:
            break
        trial.shift(gap * total, until)
        if turn % _SUM_AGAIN == _SUM_AGAIN - 1:
            trial.sum_again()
