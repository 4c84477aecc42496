"""Goods of a pair: what sections of trade hold, by classes of goods, as the study mixes them.

The study's world trade is by section; its table ``concordance`` says which goods a section holds,
for all countries and, where reports tell, for a pair. Nothing finer is known of the world, so the
advantage of a class is that of the sections it lies in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.operations.pair_costs import DRAWS
from opencorridor.operations.potential_answer import DIRECTIONS, GoodsPotential
from opencorridor.operations.trade_world import pair_flows
from opencorridor.operations.workbench.places import names_of
from opencorridor.study import Study
from opencorridor.trade import TradeMatrix, Triangular
from opencorridor.trade.draws import drawn
from opencorridor.trade.shortfall import advantage, export_potential

__all__ = ["MIX_PART", "goods_of"]

Floats = npt.NDArray[np.float64]

MIX_PART = 2
"""Part of the question that the draws of mixes are; estimates and costs are others."""
_ENDS = (0.05, 0.95)
_LEAST_USD = 1.0
_STATUSES = ("observed", "derived", "assumed")


@dataclass(frozen=True, eq=False)
class _Mix:
    """Shares of goods in sections ``[S, C]`` and in draws ``[D, S, C]``, with their rows."""

    mode: Floats
    drawn: Floats
    rows: npt.NDArray[np.int64]


def _rows(study: Study, sectors: tuple[str, ...], ends: tuple[str, str]) -> npt.NDArray[np.int64]:
    """Return the row of ``concordance`` by section and class ``[S, C]``, -1 without one.

    A section that has rows for the pair takes all of them, and none of the usual ones.
    """
    table, classes = study["concordance"], study["commodity"]["class_id"].tolist()
    out = np.full((len(sectors), len(classes)), -1, dtype=np.int64)
    mine = (table["exporter"] == ends[0]) & (table["importer"] == ends[1])
    for s, sector in enumerate(sectors):
        of_sector = table["sector_id"] == sector
        own = of_sector & mine
        chosen = own if own.any() else of_sector & (table["exporter"] == "")
        for row in np.flatnonzero(chosen):
            out[s, classes.index(table["class_id"][row])] = row
    return out


def _mix(study: Study, rows: npt.NDArray[np.int64]) -> _Mix:
    """Return a mix with draws: shares of a section are drawn apart and add up to what they did."""
    table, known = study["concordance"], rows >= 0
    share = np.where(known, table["share"][rows], 0.0)
    ends = [
        np.where(known & np.isfinite(table[c][rows]), table[c][rows], share)
        for c in ("share_low", "share_high")
    ]
    band = Triangular(ends[0].ravel(), share.ravel(), ends[1].ravel())
    found = drawn({"share": band}, study.settings.run.seed, DRAWS, part=MIX_PART)["share"]
    found = found.reshape(DRAWS, *share.shape)
    total = found.sum(axis=2, keepdims=True)
    scale = np.divide(share.sum(axis=1)[None, :, None], total, out=np.ones_like(total),
                      where=total > 0)  # fmt: skip
    return _Mix(share, found * scale, rows)


def _world(
    matrix: TradeMatrix, usual: Floats, own: tuple[Floats, Floats], at: tuple[int, int]
) -> Floats:
    """Return flows by class ``[C, N, N]``: by the usual mix, the pair's cells by its own."""
    found = np.tensordot(usual.T, matrix.flows, axes=1)
    for mix, (i, j) in zip(own, (at, at[::-1]), strict=True):
        found[:, i, j] = matrix.flows[:, i, j] @ mix
    return np.asarray(found)


def goods_of(
    study: Study,
    matrix: TradeMatrix,
    at: tuple[int, int],
    potential: Floats,
    in_draws: Floats,
) -> tuple[GoodsPotential, ...]:
    """Return every class of goods in both directions, the largest unrealised potential first.

    Parameters
    ----------
    study, matrix
        The study and its world matrix.
    at
        Positions of the pair.
    potential, in_draws
        Potential by section and direction ``[S, 2]``, and in draws ``[D, S, 2]``, US$.
    """
    ids = tuple(matrix.countries[i] for i in at)
    usual = _mix(study, _rows(study, matrix.sectors, ("", "")))
    own = [
        _mix(study, _rows(study, matrix.sectors, ends))
        for ends in ((ids[0], ids[1]), (ids[1], ids[0]))
    ]
    flows = _world(matrix, usual.mode, (own[0].mode, own[1].mode), at)
    edge, actual = advantage(flows), pair_flows(matrix.flows, at)
    found = []
    for d, direction in enumerate(DIRECTIONS):
        i, j = at if d == 0 else at[::-1]
        wanted = export_potential(flows, i, j)
        could = potential[:, d] @ usual.mode
        could_ends = _ends(np.einsum("ds,dsc->dc", in_draws[:, :, d], usual.drawn))
        is_ends = _ends(np.einsum("s,dsc->dc", actual[:, d], own[d].drawn))
        for c in np.flatnonzero(np.maximum(could, flows[:, i, j]) >= _LEAST_USD):
            found.append(
                GoodsPotential(
                    **_goods(study, int(c), (own[d].rows[:, c], usual.rows[:, c])),
                    direction=direction,
                    actual_usd_current=float(flows[c, i, j]),
                    actual_low=float(is_ends[0][c]),
                    actual_high=float(is_ends[1][c]),
                    potential_usd_current=float(could[c]),
                    low=float(could_ends[0][c]),
                    high=float(could_ends[1][c]),
                    gap_usd_current=float(could[c] - flows[c, i, j]),
                    rca=float(edge[c, i]) if np.isfinite(edge[c, i]) else None,
                    export_potential_usd_current=float(wanted[c]),
                )
            )
    return tuple(sorted(found, key=lambda row: -row.gap_usd_current))


def _ends(values: Floats) -> Floats:
    return np.asarray(np.quantile(values, _ENDS, axis=0))


def _goods(study: Study, c: int, rows: tuple[npt.NDArray[np.int64], ...]) -> dict[str, Any]:
    """Return what a class is, and how well its place in the sections is known."""
    goods, table = study["commodity"], study["concordance"]
    own, usual = (part[part >= 0] for part in rows)
    used = np.union1d(own, usual)
    statuses = [str(one) for one in table["status"][used]]
    return {
        "class_id": str(goods["class_id"][c]),
        "name": names_of(goods, c),
        "hs2": str(goods["hs2"][c]) if "hs2" in goods.columns else "",
        "own_mix": bool((table["exporter"][own] != "").any()),
        "sources": tuple(sorted({str(one) for one in table["source"][used]})),
        "status": max(statuses, key=_STATUSES.index, default="derived"),
    }
