"""Modelled against observed: times and costs of known trips, beside a naive rival.

The numbers of the tables may have been calibrated on the same trips (table ``calibration``). So
the model is also judged on trips that it has not seen: each is left out with all that share its
source or its corridor, the parameters are fitted to the rest, and the trip is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.contradicted import contradictions
from opencorridor.routing.trips import TripModel, trace, trip_value

if TYPE_CHECKING:
    from opencorridor.study import Study, Table

__all__ = ["Fit", "FitRow", "FitSummary", "fit", "used_matches", "weighted_median"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FitRow:
    """One observed trip: ``value`` observed, ``modelled`` and ``naive`` in the same unit.

    ``left_out`` is what a model fitted without it says, NaN where none was;
    ``contradicts`` names the observations of the same trip that it cannot agree with.
    """

    obs_id: str
    quantity: str
    family: str
    kind: str
    origin_id: str
    destination_id: str
    value: float
    modelled: float
    naive: float
    weight: float
    distance_km: float
    reason: str
    left_out: float = float("nan")
    contradicts: str = ""

    @property
    def counts(self) -> bool:
        """Whether the trip has a way and no other of the same trip contradicts it."""
        return not self.contradicts and bool(np.isfinite(self.modelled))

    @property
    def left_out_error(self) -> float:
        """What a model fitted without the trip says over observed, less 1."""
        return self.left_out / self.value - 1.0

    @property
    def error(self) -> float:
        """Modelled over observed, less 1."""
        return self.modelled / self.value - 1.0

    @property
    def naive_error(self) -> float:
        """Naive rival over observed, less 1."""
        return self.naive / self.value - 1.0


@dataclass(frozen=True)
class FitSummary:
    """Median absolute errors of one quantity, for all trips or by one column.

    ``by`` is ``all``, ``family`` (of routes) or ``kind`` (of observations); ``group`` its value.
    """

    quantity: str
    by: str
    group: str
    rows: int
    trips: float
    not_modelled: int
    median_error_share: float
    naive_error_share: float
    median_bias_share: float
    left_out_error_share: float


@dataclass(frozen=True)
class Fit:
    """The fit of a study to its observations."""

    rows: tuple[FitRow, ...]
    summary: tuple[FitSummary, ...]
    naive_speed_km_per_h: float
    naive_rate_usd_per_tkm: float
    calibrated: int = 0

    @property
    def contradicted(self) -> tuple[FitRow, ...]:
        """Return the rows that contradict others of the same trip; they are not counted."""
        return tuple(row for row in self.rows if row.contradicts)

    def worst(self, n: int = 10) -> tuple[FitRow, ...]:
        """Return the rows with the largest absolute error, left out where known, largest first."""
        found = [row for row in self.rows if row.counts]
        return tuple(sorted(found, key=lambda row: (-abs(_judged(row)), row.obs_id))[:n])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON (NaN as None)."""
        rows = [
            {
                **asdict(row),
                "error_share": row.error,
                "naive_error_share": row.naive_error,
                "left_out_error_share": row.left_out_error,
            }
            for row in self.rows
        ]
        return {
            "summary": [_no_nan(asdict(line)) for line in self.summary],
            "rows": [_no_nan(row) for row in rows],
            "naive_speed_km_per_h": self.naive_speed_km_per_h,
            "naive_rate_usd_per_tkm": self.naive_rate_usd_per_tkm,
            "calibrated_parameters": self.calibrated,
        }


def _judged(row: FitRow) -> float:
    return row.left_out_error if np.isfinite(row.left_out) else row.error


def _no_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}


def weighted_median(values: Floats, weight: Floats) -> float:
    """Return the weighted median: the middle of the two values where exactly half lies below."""
    keep = np.isfinite(values) & (weight > 0)
    if not keep.any():
        return float("nan")
    order = np.argsort(values[keep], kind="stable")
    v, w = values[keep][order], weight[keep][order]
    share = np.cumsum(w) / w.sum()
    i = int(np.searchsorted(share, 0.5 - 1e-12))
    if abs(share[i] - 0.5) < 1e-12 and i + 1 < len(v):
        return float((v[i] + v[i + 1]) / 2)
    return float(v[i])


def _parameter(study: Study, name: str) -> float:
    table = study["parameter"]
    at = np.flatnonzero(table["parameter_id"] == name)
    return float(table["value"][at[0]]) if len(at) else float("nan")


def _trip_weights(match: Table) -> Floats:
    """Return weights in which every trip group counts once per quantity."""
    weight = np.where(np.isnan(match["weight"]), 1.0, match["weight"])
    total: dict[tuple[str, str], float] = {}
    groups = list(zip(match["quantity"], match["trip_group"], strict=True))
    for key, w in zip(groups, weight, strict=True):
        total[key] = total.get(key, 0.0) + float(w)
    return np.array(
        [
            w / total[key] if key[1] and total[key] > 0 else w
            for key, w in zip(groups, weight, strict=True)
        ]
    )


def _summary(rows: Sequence[FitRow], quantity: str, by: str, group: str) -> FitSummary:
    # Both are judged on the same trips: those that the model reaches, contradictions aside.
    found = [r for r in rows if r.counts]
    weight = np.array([r.weight for r in found])
    error = np.array([r.error for r in found])
    naive = np.array([r.naive_error for r in found])
    apart = np.array([r.left_out_error for r in found])
    return FitSummary(
        quantity=quantity,
        by=by,
        group=group,
        rows=len(rows),
        trips=float(weight.sum()),
        not_modelled=sum(1 for r in rows if not np.isfinite(r.modelled)),
        median_error_share=weighted_median(np.abs(error), weight),
        naive_error_share=weighted_median(np.abs(naive), weight),
        median_bias_share=weighted_median(error, weight),
        left_out_error_share=weighted_median(np.abs(apart), weight),
    )


def _summaries(rows: Sequence[FitRow]) -> Iterable[FitSummary]:
    for quantity in ("time", "cost"):
        mine = [r for r in rows if r.quantity == quantity]
        if mine:
            yield _summary(mine, quantity, "all", "all")
        for by in ("family", "kind"):
            for group in sorted({str(getattr(r, by)) for r in mine}):
                picked = [r for r in mine if getattr(r, by) == group]
                yield _summary(picked, quantity, by, group)


def used_matches(study: Study) -> tuple[list[dict[str, Any]], Floats, dict[int, str]]:
    """Return the rows of ``observation_match`` in use, their weights, and what contradicts."""
    match = study["observation_match"]
    match = match.where(match["use"] == "used")
    rows = [dict(row) for row in match.rows()]
    return rows, _trip_weights(match), contradictions(rows)


def fit(study: Study) -> Fit:
    """Compare the model with every used row of ``observation_match``.

    Rates, speeds and stays are those of the tables. The route is the cheapest by generalised cost
    over the modes and through the places that the trip is known to have passed. Hours are those
    of the observation's scope: movement only, without stays at the ends, or all. The naive rival
    is great-circle distance × one speed or one rate (parameters ``naive_speed_km_per_h``,
    ``naive_rate_usd_per_tkm``). What a model fitted without the trip says is read from the match,
    where the calibration has written it.

    Returns
    -------
    Fit
        Rows without a way hold NaN and a reason, and are counted.
    """
    speed, rate = (_parameter(study, n) for n in ("naive_speed_km_per_h", "naive_rate_usd_per_tkm"))
    seen = study["observation"]
    kind = dict(zip(seen["obs_id"], seen["kind"], strict=True))
    matches, weight, against = used_matches(study)
    rows: list[FitRow] = []
    if matches:
        model = TripModel.of(study)
        for k, row in enumerate(matches):
            trip = trace(model, row)
            straight = trip.straight_km
            naive = straight / speed if row["quantity"] == "time" else straight * rate
            rows.append(
                FitRow(
                    obs_id=row["obs_id"],
                    quantity=row["quantity"],
                    family=row["family"],
                    kind=kind.get(row["obs_id"], ""),
                    origin_id=row["origin_id"],
                    destination_id=row["destination_id"],
                    value=float(row["value"]),
                    modelled=trip_value(model, trip),
                    naive=naive,
                    weight=float(weight[k]),
                    distance_km=trip.km,
                    reason=trip.reason,
                    left_out=float(row["left_out_value"]),
                    contradicts=against.get(k, ""),
                )
            )
    calibrated = study["calibration"].n
    return Fit(tuple(rows), tuple(_summaries(rows)), speed, rate, calibrated)
