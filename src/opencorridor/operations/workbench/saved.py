"""Saved scenarios: what the user changed, under a name of his own."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opencorridor.operations.workbench.keep import canonical, data_folder, read_note, write_note
from opencorridor.study import OpenCorridorError, Problem, Study

__all__ = [
    "MOST",
    "clean_name",
    "delete",
    "list_saved",
    "one_saved",
    "save",
    "scenario_id",
    "unknown",
]

MOST = 500
LONGEST_NAME = 300
_ID = re.compile(r"[0-9a-f]{16}")
# Joiners shape Persian and other scripts: they are the only invisible characters that stay.
_JOINERS = "\u200c\u200d"
_FIELDS = {"scenario_id": str, "name": str, "saved_at": str, "study_hash": str, "spec": dict}


def _plain(value: Any) -> Any:
    """Return a value in which 1 and 1.0 are the same, as they are to the model."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def scenario_id(spec: Mapping[str, Any], study_hash: str) -> str:
    """Return the id of what a scenario changes on one study: 16 hexadecimal digits.

    ``spec`` is the body of a scenario as plain values. Measures and closed places are sets, edits
    a sequence; what is left at its default does not count.
    """
    told = {k: v for k, v in _plain(spec).items() if v not in (None, [], True)}
    for name, key in (("measures", canonical), ("closed", str)):
        if name in told:
            told[name] = sorted(told[name], key=key)
    return hashlib.sha256(canonical([study_hash, told]).encode()).hexdigest()[:16]


def clean_name(name: str) -> str:
    """Return a name in composed Unicode, without control characters, on one line.

    Raises
    ------
    OpenCorridorError
        Where nothing is left, or more than 300 characters.
    """
    # White space first: a tab is a control character and yet parts two words.
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c)[0] != "C")
    kept = kept.strip(_JOINERS + " ")
    if kept and len(kept) <= LONGEST_NAME:
        return kept
    said = "is too long" if kept else "has no letters"
    raise OpenCorridorError(
        [
            Problem(
                "bad_name",
                f"the name {said}",
                column="name",
                value=kept[:60],
                expected=f"1 to {LONGEST_NAME} characters",
                mend="give it another name",
            )
        ]
    )


def _folder(study: Study) -> Path:
    return data_folder(study.id) / "scenarios"


def _read(path: Path, study: Study) -> dict[str, Any] | None:
    note = read_note(path)
    if not isinstance(note, dict):
        return None
    if any(not isinstance(note.get(name), kind) for name, kind in _FIELDS.items()):
        return None
    found = {name: note[name] for name in _FIELDS}
    return {**found, "same_study": note["study_hash"] == study.hash}


def list_saved(study: Study) -> list[dict[str, Any]]:
    """Return the saved scenarios of a study, the newest first; broken files are left out."""
    folder = _folder(study)
    paths = [p for p in folder.glob("*.json") if _ID.fullmatch(p.stem)] if folder.is_dir() else []
    found = [note for path in paths if (note := _read(path, study))]
    return sorted(found, key=lambda n: (n["saved_at"], n["scenario_id"]), reverse=True)


def unknown(name: str) -> OpenCorridorError:
    """Return the error of an id under which nothing is saved."""
    return OpenCorridorError(
        [
            Problem(
                "unknown_scenario",
                "there is no saved scenario of this id",
                value=name[:60],
                mend="choose one from the list of saved scenarios",
            )
        ]
    )


def one_saved(study: Study, name: str) -> dict[str, Any]:
    """Return one saved scenario by its id.

    Raises
    ------
    OpenCorridorError
        ``unknown_scenario``.
    """
    found = _read(_folder(study) / f"{name}.json", study) if _ID.fullmatch(name) else None
    if found is None:
        raise unknown(name)
    return found


def save(study: Study, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Save a scenario; the same changes saved again get the new name.

    Raises
    ------
    OpenCorridorError
        ``bad_name``, ``too_many_saved`` or ``cannot_save``.
    """
    key = scenario_id(spec, study.hash)
    path = _folder(study) / f"{key}.json"
    cleaned = clean_name(name)
    if not path.exists() and len(list_saved(study)) >= MOST:
        raise OpenCorridorError(
            [
                Problem(
                    "too_many_saved",
                    f"{MOST} scenarios are saved already",
                    expected=f"at most {MOST}",
                    mend="delete some that are no longer needed",
                )
            ]
        )
    note = {
        "scenario_id": key,
        "name": cleaned,
        "saved_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "study_hash": study.hash,
        "spec": dict(spec),
    }
    write_note(path, note)
    return {**note, "same_study": True}


def delete(study: Study, name: str) -> None:
    """Delete a saved scenario.

    Raises
    ------
    OpenCorridorError
        ``unknown_scenario``.
    """
    one_saved(study, name)
    (_folder(study) / f"{name}.json").unlink(missing_ok=True)
