"""What the trade of a pair bears now, and the levers on it, from the tables of a study."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.network.opening import valid_on
from opencorridor.operations.workbench.places import LANGUAGES
from opencorridor.scenario.delivered import Delivered, delivered
from opencorridor.scenario.measures import apply, in_force_between
from opencorridor.study import Study
from opencorridor.study.cache import load_arrays, save_arrays
from opencorridor.study.table import Table
from opencorridor.trade.draws import Triangular, drawn
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
    found: Delivered = session.kept("delivered", 20).get(pair, lambda: _delivered(session, pair))
    return found


def _delivered(session: Session, pair: tuple[str, str]) -> Delivered:
    """Return it from the cache, or from the model: a page of trade need not wait for that."""
    study, key = session.study, f"delivered-{session.code}-{pair[0]}-{pair[1]}"
    names = [one.name for one in fields(Delivered)]
    kept = load_arrays(study.hash, key)
    if kept is not None:
        return Delivered(**{name: np.asarray(kept[name]) for name in names})
    model, base = session.model, session.base
    with session.solving:
        found = delivered(model, base, pair)
    save_arrays(study.hash, key, {name: getattr(found, name) for name in names})
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


def pair_costs(
    study: Study, pair: tuple[str, str], sectors: tuple[str, ...], way: Delivered
) -> PairBand:
    """Return what the trade of a pair bears, at the modes and in draws from the bands.

    A sector that does not move on the network has no hours at borders. Draws are those of
    :func:`opencorridor.trade.draws.drawn` with the seed of the study's runs: elasticities of
    sectors move alone, all other bands as one, and those of non-tariff measures hold for the pair
    and for a usual pair alike.
    """
    a, b = pair
    names = ("theta", "theta_low", "theta_high")
    day = ("cost_share_per_day", "cost_low_share_per_day", "cost_high_share_per_day")
    duty = _both((_rates(study, "duty", a, b, sectors), _rates(study, "duty", b, a, sectors)))
    pay = _both((_rates(study, "payment", a, b, sectors), _rates(study, "payment", b, a, sectors)))
    own = _both((_non_tariff(study, b, sectors), _non_tariff(study, a, sectors)))
    usual = _non_tariff(study, "", sectors)
    credit = _effect(study, "export_credit")
    bands: dict[str, Bands] = {
        "theta": _by_sector(study, "elasticity", names, sectors),
        "day_share": _by_sector(study, "time_cost", day, sectors),
        "duty": duty,
        "payment": pay,
        "reliability_ratio": _parameter(study, "value_of_reliability_ratio", 0.0),
        "visa_log": _effect(study, "visa"),
        # The table holds what cover adds to the costs: less than nothing.
        "credit_share": (-credit[0], -credit[2], -credit[1]),
    }
    both = [np.concatenate([o.ravel(), u]) for o, u in zip(own, usual, strict=True)]
    more = {
        "usual_duty": _parameter(study, "usual_duty_share", 0.0),
        "non_tariff": (both[0], both[1], both[2]),
    }
    hours = {"border_h": np.nan_to_num(way.border_h),
             "border_spread_h": np.nan_to_num(way.border_spread_h)}  # fmt: skip
    modes = {name: band[0] for name, band in bands.items()}
    mode = PairCosts(**modes, non_tariff=own[0], **hours)
    found = _draws({**bands, **more}, study.settings.run.seed)
    held = own[0].size
    shaped = {name: found[name].reshape(DRAWS, *np.shape(band[0])) for name, band in bands.items()}
    return PairBand(
        mode=mode,
        drawn=replace(
            mode, **shaped, non_tariff=found["non_tariff"][:, :held].reshape(DRAWS, *own[0].shape)
        ),
        usual_duty=float(more["usual_duty"][0]),
        usual_duty_drawn=found["usual_duty"][:, 0],
        usual_non_tariff=usual[0],
        usual_non_tariff_drawn=found["non_tariff"][:, held:],
        duty_known=(bool(duty[0][:, 0].any()), bool(duty[0][:, 1].any())),
    )


def _draws(bands: dict[str, Bands], seed: int) -> dict[str, Floats]:
    """Return draws of bands of any shape ``[D, K]``; elasticities come first, as in an ensemble."""
    shapes = {
        name: Triangular(np.ravel(low), np.ravel(mode), np.ravel(high))
        for name, (mode, low, high) in bands.items()
    }
    return drawn(shapes, seed, DRAWS, together=[name for name in bands if name != "theta"])


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
