"""From zones to countries: skims averaged with the weights of where goods start and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.skimming import NO_ZONE, QUANTITIES, REASONS, SkimArrays, reason_attrs

if TYPE_CHECKING:
    import xarray as xr

    from opencorridor.study import Study

__all__ = ["CountrySkim", "country_skim", "to_country_dataset", "zone_weights"]

Floats = npt.NDArray[np.float64]


def zone_weights(study: Study, zone_id: Any, direction: str, class_id: str = "") -> Floats:
    """Return the shares of zones in the trade of countries.

    Rows of ``zone_share`` for the class hold, else those for all classes, else ``zone_country``
    (gateways of countries without a zone of their own).

    Parameters
    ----------
    study
        The study.
    zone_id
        Ids, shape Z.
    direction
        ``export`` or ``import``.
    class_id
        Commodity class; blank: all.

    Returns
    -------
    float64[C, Z]
        Countries in the order of the table ``country``; each row adds to 1, or is all 0 where
        the study places the country nowhere.
    """
    at = {str(z): i for i, z in enumerate(zone_id)}
    row_of = {c: i for i, c in enumerate(study["country"]["country_id"])}
    weights = np.zeros((len(row_of), len(at)))
    shares = study["zone_share"]
    done: set[str] = set()
    for wanted in dict.fromkeys((class_id, "")):
        mask = (shares["direction"] == direction) & (shares["class_id"] == wanted)
        rows = shares.where(mask)
        found = [c for c in dict.fromkeys(rows["country_id"]) if c not in done]
        _fill(weights, rows, row_of, at, set(found))
        done.update(found)
    gateways = study["zone_country"]
    _fill(weights, gateways, row_of, at, set(gateways["country_id"]) - done)
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def _fill(
    weights: Floats, rows: Any, row_of: dict[str, int], at: dict[str, int], wanted: set[str]
) -> None:
    for country, zone, share in zip(
        rows["country_id"], rows["zone_id"], rows["share"], strict=True
    ):
        if country in wanted and country in row_of and zone in at:
            weights[row_of[country], at[zone]] += share


@dataclass(frozen=True, eq=False)
class CountrySkim:
    """Weighted means over the connected pairs of zones of two countries.

    Attributes
    ----------
    country_id
        Shape C.
    values
        Quantity to float64[C, C], exporter by importer; NaN where no pair is connected.
    connected_share
        float64[C, C]: weight of the connected pairs, so that nothing is left out silently; NaN
        where a country has no zone.
    reason
        uint8[C, C], index into ``reasons``: where no pair is connected what holds for most of
        the weight.
    """

    country_id: tuple[str, ...]
    values: dict[str, Floats]
    connected_share: Floats
    reason: npt.NDArray[np.uint8]
    reasons: tuple[str, ...] = REASONS


def country_skim(study: Study, skim: SkimArrays, class_id: str = "") -> CountrySkim:
    """Average a skim over zones with export weights at origins and import weights at ends.

    Trips within a zone have no value and count as not connected on the diagonal.
    """
    out = zone_weights(study, skim.zone_id, "export", class_id)
    into = zone_weights(study, skim.zone_id, "import", class_id)
    found = skim.reason == 0
    weight = out @ found.astype(np.float64) @ into.T
    placed = (out.sum(axis=1)[:, None] > 0) & (into.sum(axis=1)[None, :] > 0)
    values = {}
    for name in QUANTITIES:
        total = out @ np.where(found, getattr(skim, name), 0.0) @ into.T
        mean = np.full(weight.shape, np.nan)
        np.divide(total, weight, out=mean, where=weight > 0)
        values[name] = mean
    share = np.where(placed, weight, np.nan)
    codes = np.unique(skim.reason[~found])
    most = np.stack([out @ (skim.reason == code) @ into.T for code in codes] or [weight])
    why = codes[most.argmax(axis=0)] if len(codes) else np.zeros(weight.shape)
    reason = np.where(~placed, NO_ZONE, np.where(weight > 0, 0, why)).astype(np.uint8)
    return CountrySkim(tuple(study["country"]["country_id"]), values, share, reason, skim.reasons)


def to_country_dataset(study: Study, found: CountrySkim, attrs: dict[str, Any]) -> xr.Dataset:
    """Label a skim by country: dims origin, destination, with the share that is connected.

    A pair without a value has a reason code.
    """
    import xarray as xr

    ids = np.array(found.country_id, dtype=object)
    names = np.array(list(study["country"]["name_en"]), dtype=object)
    dims = ("origin", "destination")
    variables: dict[str, Any] = {
        name: (dims, found.values[name], {"units": unit, "long_name": f"{text}, weighted mean"})
        for name, (unit, text) in QUANTITIES.items()
    }
    variables["connected_share"] = (
        dims,
        found.connected_share,
        {"units": "1", "long_name": "weight of the pairs of zones that are connected"},
    )
    variables["reason"] = (dims, found.reason, reason_attrs(found.reasons))
    missing = int((found.reason > 0).sum())
    return xr.Dataset(
        variables,
        coords={
            "origin": ids,
            "destination": ids,
            "origin_name": ("origin", names),
            "destination_name": ("destination", names),
        },
        attrs={**attrs, "by": "country", "pairs_without_a_way": missing, "disconnected": ""},
    )
