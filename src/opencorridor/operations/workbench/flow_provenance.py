"""Where a number of what moves comes from: which goods, over what, and from which tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencorridor.operations.freight_flows import FlowsAsk, flows
from opencorridor.operations.workbench import counts
from opencorridor.operations.workbench.edits import Spec
from opencorridor.operations.workbench.grounds import changes_text, sources_of, told, unknown
from opencorridor.operations.workbench.session import Session
from opencorridor.study import Study

__all__ = ["TABLES", "of_flow"]

TABLES: Mapping[str, tuple[str, ...]] = {
    "total": (),
    "modes": ("mode",),
    "countries": ("country",),
    "pairs": ("exporter", "importer"),
    "classes": ("class_id",),
    "places": ("place_id", "place_kind"),
    "transit": ("country", "charge", "at_kind", "at"),
    "chains": ("origin", "place_id", "destination"),
}
"""Tables of the answer, and the columns whose texts, with ``>`` between, name a row."""

_TONNES = ("trade_flow", "value_density", "concordance", "zone_share")
_COLUMNS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "t_per_year": ("t/year", "Tonnes that pass, each once", _TONNES),
    "teu_per_year": ("TEU/year", "Tonnes in containers over the payload of a TEU, by class",
                     (*_TONNES, "commodity")),
    "tkm_per_year": ("tkm/year", "Tonnes times kilometres, over all parts of the way",
                     (*_TONNES, "link")),
    "carriage_usd_per_year": ("US$/year", "Tonnes times what their carriage is charged",
                              (*_TONNES, "mode_rate", "tariff_rail")),
    "fee_usd_per_year": ("US$/year", "Tonnes times fees at borders and charges at terminals",
                         (*_TONNES, "border_dwell", "transshipment")),
    "t_h_per_year": ("t·h/year", "Tonnes times hours, without queues for capacity",
                     (*_TONNES, "speed", "border_dwell", "transshipment")),
    "wait_t_h_per_year": ("t·h/year", "Tonnes times hours in queues for capacity",
                          (*_TONNES, "capacity")),
    "co2_t_per_year": ("t CO2e/year", "Tonnes times CO2e of their carriage and handling",
                       (*_TONNES, "emission_factor", "grid_intensity")),
    "t_forward": ("t/year", "Tonnes that pass from country a to b, or into the country of a port",
                  _TONNES),
    "t_backward": ("t/year", "Tonnes that pass the other way", _TONNES),
    "own_t_per_year": ("t/year", "Tonnes between the two countries of the study", _TONNES),
    "third_share": ("share", "Tonnes that are not between the two countries of the study, over all",
                    _TONNES),
    "transit_t_per_year": ("t/year", "Tonnes that neither start nor end there, each once", _TONNES),
    "transit_teu_per_year": ("TEU/year", "Containers of goods that neither start nor end there",
                             (*_TONNES, "commodity")),
    "transit_tkm_per_year": ("tkm/year", "Tonnes in transit times kilometres in the country",
                             (*_TONNES, "link")),
    "transit_carriage_usd_per_year": (
        "US$/year", "Tonnes in transit times what their carriage in the country is charged",
        (*_TONNES, "mode_rate", "tariff_rail")),
    "transit_fee_usd_per_year": (
        "US$/year", "Tonnes in transit times fees at borders and charges at terminals",
        (*_TONNES, "border_dwell", "transshipment")),
    "transit_usd_per_year": (
        "US$/year", "Carriage and fees that goods in transit pay in the country",
        (*_TONNES, "mode_rate", "border_dwell", "transshipment")),
    "usd_per_year": ("US$/year", "What goods in transit pay there",
                     (*_TONNES, "mode_rate", "border_dwell", "transshipment")),
}  # fmt: skip
_SUMS = {
    "transit_usd_per_year": "transit_carriage_usd_per_year + transit_fee_usd_per_year",
    "third_share": "(t_per_year - own_t_per_year) / t_per_year",
}
_GOODS = {
    "all": "all goods", "pair": "goods of the study's pair",
    "a_to_b": "goods of the pair, from its first country to its second",
    "b_to_a": "goods of the pair, from its second country to its first",
}  # fmt: skip


def _which(ask: FlowsAsk) -> str:
    """Return in words which goods are meant, and what the scenario changes."""
    own, spec = ask.wanted, Spec.of(ask.scenario)
    parts = [_GOODS.get(own.goods, own.goods)]
    parts += [f"class {own.class_id}"] if own.class_id else []
    parts += [f"as {own.cargo}"] if own.cargo else []
    parts += [f"that use {own.mode}"] if own.mode else []
    parts += [f"over {own.at}"] if own.at else []
    changes = [m.measure_id for m in spec.measures] + [f"{place} closed" for place in spec.closed]
    changes += [f"{e.table} {e.key}: {e.column} {e.op} {e.value}" for e in spec.edits]
    changes += [f"economy of {spec.year}"] if spec.year is not None else []
    changed = f"Before: {'; '.join(changes)}" if ask.before else changes_text(changes)
    return ". ".join(text for text in (", ".join(parts), changed) if text)


def _sources(study: Study, names: tuple[str, ...]) -> list[dict[str, Any]]:
    tables = [study[name] for name in names]
    cited = [str(s) for t in tables if "source" in t.columns for s in dict.fromkeys(t["source"])]
    return sources_of(study, cited)


def _row_of(session: Session, found: Mapping[str, Any], table: str, key: str) -> Mapping[str, Any]:
    """Return a row of an answer by its key; where nothing passes a crossing or terminal, zeros."""
    rows = [found["total"]] if table == "total" else found[table]
    named = [">".join(str(row[name]) for name in TABLES[table]) for row in rows]
    if key in named:
        return {**rows[named.index(key)], "row": named.index(key) if key else None}
    place, _, kind = key.partition(">")
    ids = {"border_crossing": "border_crossing_id", "terminal": "terminal_id"}
    if table == "places" and kind in ids and place in session.study[kind][ids[kind]]:
        return {**dict.fromkeys(_COLUMNS, 0.0), "row": None}
    raise unknown("row", key, named, table=table)


def of_flow(
    session: Session,
    ask: FlowsAsk,
    table: str,
    key: str,
    column: str,
    minus: FlowsAsk | None = None,
) -> dict[str, Any]:
    """Return where a number of an answer about flows comes from.

    Parameters
    ----------
    session, ask
        As for :func:`opencorridor.operations.freight_flows.flows`.
    table, key, column
        One of ``TABLES``, its row, and its column.
    minus
        The question whose number is taken off, as of the scenario before.

    Raises
    ------
    OpenCorridorError
        ``unknown_table``, ``unknown_row`` or ``unknown_column``.
    """
    if table not in TABLES:
        raise unknown("table", table, TABLES, table="flows")
    row = _row_of(session, flows(session, ask), table, key)
    if column not in _COLUMNS or column not in row:
        raise unknown("column", column, [c for c in row if c in _COLUMNS], table=table)
    unit, words, tables = _COLUMNS[column]
    value, which = float(row[column]), _which(ask)
    numbers = {c: float(v) for c, v in row.items() if c in _COLUMNS}
    sums = _SUMS.get(column, "")
    if minus is not None:
        before = float(_row_of(session, flows(session, minus), table, key)[column])
        numbers, sums = {"then": value, "before": before}, "then - before"
        value -= before
        which = f"{which}; less {_which(minus)}"
    return counts.answer(
        session.study,
        label=words.partition(",")[0],
        value=value,
        unit=unit,
        formula=told(words, sums, numbers, value),
        table=f"flows_{table}",
        row=row["row"],
        row_label=key,
        column=column,
        description=which,
        sources=_sources(session.study, tables),
    )
