"""Agreements and commitments of the study, with the modelled effect of what carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opencorridor.operations.progress import PROGRESS
from opencorridor.operations.workbench.pages import plain
from opencorridor.operations.workbench.results import Stored
from opencorridor.operations.workbench.tables import address
from opencorridor.study import Study, Table

__all__ = ["group_of", "promises"]

_AGREEMENT = ("agreement_id", "title", "kind", "topic", "signed", "legal_status", "note")
_COMMITMENT = ("commitment_id", "agreement_id", "text", "topic", "side", "body", "due_date",
               "status_as_of", "indicator", "target_unit", "note", "status")  # fmt: skip


def _ids(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def group_of(side: str, pair: Sequence[str]) -> str:
    """Return whose promise it is: ``both``, one country of the pair, or ``several``."""
    if side == "both" or side in pair:
        return side
    members = [part.strip() for part in side.split(";")]
    return "both" if sorted(members) == sorted(pair) else "several"


def _agreement(table: Table, row: int) -> dict[str, Any]:
    return {
        **{name: str(table[name][row]) for name in _AGREEMENT},
        "parties": _ids(str(table["parties"][row])),
        "url": address(str(table["url"][row])),
        "source_id": str(table["source"][row]),
        "row": row,
    }


def _commitment(study: Study, table: Table, row: int, ran: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: str(table[name][row]) for name in _COMMITMENT},
        "group": group_of(str(table["side"][row]), study.settings.pair),
        "progress": PROGRESS[str(table["progress"][row])],
        "baseline_value": plain(float(table["baseline_value"][row])),
        "target_value": plain(float(table["target_value"][row])),
        "measure_ids": _ids(str(table["measure_ids"][row])),
        "effect_usd": ran.get("effect_usd"),
        "url": address(str(table["url"][row])),
        "source_id": str(table["source"][row]),
        "row": row,
    }


def promises(study: Study, ran: Stored | None) -> dict[str, Any]:
    """Return the promises of a study; effects are those of a run, where there is one.

    ``effect_usd`` is the sum of what the measures that carry a promise out give alone, constant
    US$ a year in the target year.
    """
    agreements, commitments = study["agreement"], study["commitment"]
    found = ran.tables.get("commitments", []) if ran else []
    by_id = {row["commitment_id"]: row for row in found}
    return {
        "agreements": [_agreement(agreements, r) for r in range(agreements.n)],
        "commitments": [
            _commitment(study, commitments, r, by_id.get(commitments["commitment_id"][r], {}))
            for r in range(commitments.n)
        ],
    }
