"""What the trade of a pair bears now, and the levers on it, from the tables of a study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.network.opening import valid_on
from opencorridor.operations.workbench.places import LANGUAGES
from opencorridor.scenario.delivered import Delivered, delivered
from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.study import Study
from opencorridor.study.bands import quantile
from opencorridor.study.table import Table
from opencorridor.trade.levers import PairCosts

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = ["Bands", "Lever", "PairBand", "delivered_of", "levers_of", "pair_costs"]

Floats = npt.NDArray[np.float64]
Bands = tuple[Floats, Floats, Floats]

DRAWS = 400
# Kinds of levers that act through the network: without ways of the pair there is none.
_NETWORK = {"border_hours": "border_h", "border_spread": "border_spread_h"}


@dataclass(frozen=True)
class PairBand:
    """Costs of a pair at their modes, and drawn from their bands (a leading axis of draws)."""

    mode: PairCosts
    drawn: PairCosts
    usual_duty: float
    usual_duty_drawn: Floats
    usual_non_tariff: Floats
    usual_non_tariff_drawn: Floats
    duty_known: tuple[bool, bool]


@dataclass(frozen=True)
class Lever:
    """One lever of a pair.

    ``now`` with ``low`` and ``high`` is what it stands at on the baseline's date; ``in_force`` what
    a measure that came into force later has made of it, ``in_force_from`` since when.
    """

    lever_id: str
    name: dict[str, str]
    kind: str
    unit: str
    minimum: float
    maximum: float
    now: float
    low: float
    high: float
    from_year: int
    phase_in_years: float
    source: str
    status: str
    in_force: float | None = None
    in_force_from: str | None = None


def delivered_of(session: Session, pair: tuple[str, str]) -> Delivered:
    """Return what delivery costs between two countries at the baseline of a session's model."""
    model, base = session.model, session.base
    with session.solving:
        found: Delivered = session.kept("delivered", 20).get(
            pair, lambda: delivered(model, base, pair)
        )
    return found


def _rates(
    study: Study, kind: str, exporter: str, importer: str, sectors: tuple[str, ...]
) -> Bands:
    """Return mode, low and high of the rates in force at the baseline ``[S]`` of one direction."""
    table = study["tariff"]
    rows = valid_on(table, study.settings.baseline_date) & (table["kind"] == kind)
    rows &= (table["exporter"] == exporter) & (table["importer"] == importer)
    out = tuple(np.zeros(len(sectors)) for _ in range(3))
    for row in np.flatnonzero(rows):
        named = table["sector_id"][row]
        where = slice(None) if not named else sectors.index(named)
        mode = table["rate_share"][row]
        for level, column in zip(out, ("", "_low", "_high"), strict=True):
            value = table[f"rate{column}_share"][row]
            level[where] += mode if np.isnan(value) else value
    return out[0], out[1], out[2]


def _both(parts: tuple[Bands, Bands]) -> Bands:
    """Return bands of two directions ``[S]`` side by side ``[S, 2]``."""
    found = [np.stack([one, other], axis=1) for one, other in zip(*parts, strict=True)]
    return found[0], found[1], found[2]


def _column(table: Table, row: int, name: tuple[str, str, str]) -> tuple[float, float, float]:
    mode, low, high = (float(table[column][row]) for column in name)
    return mode, mode if np.isnan(low) else low, mode if np.isnan(high) else high


def _non_tariff(study: Study, importer: str, sectors: tuple[str, ...]) -> Bands:
    """Return the ad valorem cost of an importer's measures ``[S]``; blank: of any importer."""
    table = study["non_tariff"]
    out = tuple(np.zeros(len(sectors)) for _ in range(3))
    own = bool((table["importer"] == importer).any()) if importer else False
    for row in np.flatnonzero(table["importer"] == (importer if own else "")):
        names = ("cost_share", "cost_low_share", "cost_high_share")
        for level, value in zip(out, _column(table, int(row), names), strict=True):
            level[sectors.index(table["sector_id"][row])] = value
    return out[0], out[1], out[2]


def _by_sector(
    study: Study, table: str, name: tuple[str, str, str], sectors: tuple[str, ...]
) -> Bands:
    """Return a banded column of a table with one row per sector ``[S]``, 0 without a row."""
    rows = {s: r for r, s in enumerate(study[table]["sector_id"])}
    none = (0.0, 0.0, 0.0)
    found = np.array([_column(study[table], rows[s], name) if s in rows else none for s in sectors])
    return found[:, 0], found[:, 1], found[:, 2]


def _parameter(study: Study, name: str, otherwise: float) -> Bands:
    table = study["parameter"]
    rows = np.flatnonzero(table["parameter_id"] == name)
    if not rows.size:
        return _scalars((otherwise, otherwise, otherwise))
    return _scalars(_column(table, int(rows[0]), ("value", "low", "high")))


def _scalars(values: tuple[float, float, float]) -> Bands:
    """Return a band of one number, 0 where it is blank."""
    mode, low, high = np.nan_to_num(np.array(values))
    return np.asarray(mode), np.asarray(low), np.asarray(high)


def _effect(study: Study, kind: str) -> Bands:
    """Return the size of a lever's effect, 0 where the study has no such lever."""
    table = study["lever"]
    rows = np.flatnonzero(table["acts_on"] == kind)
    found = (
        _column(table, int(rows[0]), ("effect", "effect_low", "effect_high"))
        if rows.size
        else (0.0, 0.0, 0.0)
    )
    return _scalars(found)


def _draw(rng: np.random.Generator, band: Bands) -> Floats:
    """Return draws of one band: one number a draw, so that sectors move together."""
    mode, low, high = band
    u = rng.random((DRAWS, *(1,) * np.ndim(mode)))
    return np.asarray(quantile(u, low[None], mode[None], high[None]))


def pair_costs(
    study: Study, pair: tuple[str, str], sectors: tuple[str, ...], way: Delivered
) -> PairBand:
    """Return what the trade of a pair bears, at the modes and in draws from the bands.

    A sector that does not move on the network has no hours at borders. Draws have the seed of the
    study's runs.
    """
    a, b = pair
    rng = np.random.default_rng(study.settings.run.seed)
    names = ("theta", "theta_low", "theta_high")
    day = ("cost_share_per_day", "cost_low_share_per_day", "cost_high_share_per_day")
    duty = _both((_rates(study, "duty", a, b, sectors), _rates(study, "duty", b, a, sectors)))
    pay = _both((_rates(study, "payment", a, b, sectors), _rates(study, "payment", b, a, sectors)))
    held = _both((_non_tariff(study, b, sectors), _non_tariff(study, a, sectors)))
    usual_ntm = _non_tariff(study, "", sectors)
    usual_duty = _parameter(study, "usual_duty_share", 0.0)
    credit = _effect(study, "export_credit")
    bands: dict[str, Bands] = {
        "theta": _by_sector(study, "elasticity", names, sectors),
        "day_share": _by_sector(study, "time_cost", day, sectors),
        "duty": duty,
        "payment": pay,
        "non_tariff": held,
        "reliability_ratio": _parameter(study, "value_of_reliability_ratio", 0.0),
        "visa_log": _effect(study, "visa"),
        # The table holds what cover adds to the costs: less than nothing.
        "credit_share": (-credit[0], -credit[2], -credit[1]),
    }
    hours = {"border_h": np.nan_to_num(way.border_h),
             "border_spread_h": np.nan_to_num(way.border_spread_h)}  # fmt: skip
    mode = PairCosts(**{name: band[0] for name, band in bands.items()}, **hours)
    drawn = {name: _draw(rng, band) for name, band in bands.items()}
    # One draw of the size of such measures holds for the pair and for the usual pair alike.
    u = rng.random((DRAWS, 1))
    ntm = quantile(u, usual_ntm[1][None], usual_ntm[0][None], usual_ntm[2][None])
    drawn["non_tariff"] = quantile(u[..., None], held[1][None], held[0][None], held[2][None])
    return PairBand(
        mode=mode,
        drawn=replace(mode, **drawn),
        usual_duty=float(usual_duty[0]),
        usual_duty_drawn=_draw(rng, usual_duty),
        usual_non_tariff=usual_ntm[0],
        usual_non_tariff_drawn=np.asarray(ntm),
        duty_known=(bool(duty[0][:, 0].any()), bool(duty[0][:, 1].any())),
    )


def _now(
    kind: str,
    way: Delivered,
    study: Study,
    pair: tuple[str, str],
    sectors: tuple[str, ...],
) -> tuple[float, float, float]:
    """Return where a lever stands that the study computes: mode, low, high."""
    if kind in _NETWORK:
        value = way.mean(getattr(way, _NETWORK[kind]))
        return value, value, value
    a, b = pair
    if kind in ("duty_a", "duty_b"):
        d, ends = (1, (b, a)) if kind == "duty_a" else (0, (a, b))
        bands, weight = _rates(study, "duty", *ends, sectors), way.value[:, d]
    else:
        both = _both((_rates(study, kind, a, b, sectors), _rates(study, kind, b, a, sectors)))
        bands, weight = (both[0].ravel(), both[1].ravel(), both[2].ravel()), way.value.ravel()
    weight = weight if weight.sum() > 0 else np.ones_like(weight)
    found = [float(level @ weight / weight.sum()) for level in bands]
    return found[0], found[1], found[2]


def levers_of(
    study: Study, pair: tuple[str, str], sectors: tuple[str, ...], way: Delivered
) -> tuple[Lever, ...]:
    """Return the levers that a study has for a pair, in the order of its table ``lever``.

    What visas there are is known of the study's own pair only.
    """
    table = study["lever"]
    later = _later(study)
    out = []
    for row in range(table.n):
        kind, now = str(table["acts_on"][row]), float(table["now"][row])
        stand = (now, now, now)
        if kind == "visa" and set(pair) != set(study.settings.pair):
            continue
        if np.isnan(now):
            stand = _now(kind, way, study, pair, sectors)
        if not np.isfinite(stand[0]):
            continue
        changed = None
        if later is not None and kind in ("duty_a", "duty_b", "payment"):
            value = _now(kind, way, later[0], pair, sectors)[0]
            changed = value if abs(value - stand[0]) > 1e-12 else None
        top = float(table["maximum"][row])
        first = float(table["from_year"][row])
        out.append(
            Lever(
                lever_id=str(table["lever_id"][row]),
                name=_names(study, table, row, pair),
                kind=kind,
                unit=str(table["unit"][row]),
                minimum=float(table["minimum"][row]),
                maximum=2.0 * stand[0] if np.isnan(top) else top,
                now=stand[0],
                low=stand[1],
                high=stand[2],
                from_year=int(first) if np.isfinite(first) else study.settings.baseline_year + 1,
                phase_in_years=float(table["phase_in_years"][row]),
                source=str(table["source"][row]),
                status=str(table["status"][row]),
                in_force=changed,
                in_force_from=later[1] if later is not None and changed is not None else None,
            )
        )
    return tuple(out)


def _later(study: Study) -> tuple[Study, str] | None:
    """Return the study with what came into force after the baseline, and the last such day."""
    day = study.settings.baseline_date
    found = in_force_between(study, day, study.settings.run.extra.get("decision_date", day))
    if not found:
        return None
    changed = [m for m in found if _edits_tariffs(study, m)]
    if not changed:
        return None
    table = study["measure"]
    from_day = max(
        str(d)
        for m, d in zip(table["measure_id"], table["valid_from"], strict=True)
        if m in changed
    )
    return apply(study, changed), from_day


def _edits_tariffs(study: Study, measure: str) -> bool:
    table = study["measure_edit"]
    return bool(((table["measure_id"] == measure) & (table["table"] == "tariff")).any())


def _names(study: Study, table: Table, row: int, pair: tuple[str, str]) -> dict[str, str]:
    """Return the names of a lever by language, with those of the two countries put in."""
    countries = study["country"]
    at = {c: r for r, c in enumerate(countries["country_id"])}
    out = {}
    for lang in LANGUAGES:
        text = str(table[f"name_{lang}"][row])
        if text:
            column = f"name_{lang}"
            names = [
                str(countries[column][at[c]]) or str(countries["name_en"][at[c]]) for c in pair
            ]
            out[lang] = text.replace("{a}", names[0]).replace("{b}", names[1])
    return out
