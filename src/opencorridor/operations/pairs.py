"""Routes of a file of pairs: one row a pair comes back, with a reason where there is none."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencorridor.operations.checked import gather, iso_date
from opencorridor.operations.pack import Pack, open_pack
from opencorridor.operations.route import RouteResult, answer
from opencorridor.routing.asking import choose_cargo, find_elements
from opencorridor.routing.exports import check_target, whole_file
from opencorridor.routing.masks import parse_modes
from opencorridor.routing.routes import Wanted
from opencorridor.study.errors import OpenCorridorError, Problem, suggest
from opencorridor.study.places import Place, resolve

if TYPE_CHECKING:
    from opencorridor.study import Study

__all__ = ["PairsRequest", "PairsResult", "find_pairs", "write_pairs"]

_NAMES = {"from": "origin", "origin": "origin", "to": "destination", "destination": "destination"}
_COLUMNS = (
    "time_h", "p95_h", "cost_usd_per_t", "cost_usd", "co2_kg", "distance_km",
)  # fmt: skip


@dataclass(frozen=True)
class PairsRequest:
    """A CSV file with columns from and to, and optionally commodity, unit, tonnes."""

    file: Path
    study: str | Path | Study = "iran_kazakhstan"
    commodity: str | None = None
    unit: str | None = None
    tonnes: float | None = None
    at: str | None = None
    modes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    no_transit: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairsResult:
    """As many rows as were asked, in their order."""

    asked: tuple[dict[str, str], ...]
    results: tuple[RouteResult, ...]

    @property
    def n_missing(self) -> int:
        """Number of pairs without a route."""
        return sum(not result.found for result in self.results)

    @property
    def summary(self) -> str:
        """One line: how many pairs have no route, and why."""
        n = len(self.results)
        if not self.n_missing:
            return f"all {n} pairs have a route"
        reasons = Counter(r.route.reason for r in self.results if not r.found)
        listed = "; ".join(reason for reason, _ in reasons.most_common(5))
        more = f"; and {len(reasons) - 5} more reasons" if len(reasons) > 5 else ""
        return f"{self.n_missing} of {n} pairs have no route: {listed}{more}"

    def rows(self) -> list[dict[str, Any]]:
        """Return one plain dict a pair; empty cells where there is no route."""
        return [_row(asked, r) for asked, r in zip(self.asked, self.results, strict=True)]


def _row(asked: dict[str, str], result: RouteResult) -> dict[str, Any]:
    values = result.as_dict()
    row: dict[str, Any] = {
        "from": asked["origin"],
        "to": asked["destination"],
        "from_id": f"{result.origin.kind}:{result.origin.id}",
        "to_id": f"{result.destination.kind}:{result.destination.id}",
        "commodity": result.cargo.class_id,
        "cargo": result.cargo.cargo,
        "unit": result.cargo.unit,
        "tonnes": result.cargo.tonnes,
        "date": result.date,
    }
    row.update({name: "" if values[name] is None else values[name] for name in _COLUMNS})
    row["modes"] = ";".join(
        dict.fromkeys(leg.mode for leg in result.route.legs if leg.mode not in ("access", "border"))
    )
    row["crossings"] = ";".join(result.route.crossings)
    row["price_basis"] = values["price_basis"]
    row["reason"] = result.route.reason
    return row


def _bad(file: Path, row: int | None, column: str, message: str, **more: str) -> Problem:
    return Problem(
        code="bad_pairs", message=message, file=str(file), row=row, column=column, **more
    )


def _read(file: Path) -> list[dict[str, str]]:
    """Read the file; every problem with its row."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise OpenCorridorError([_bad(file, None, "", "there is no such file")]) from None
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        raise OpenCorridorError([_bad(file, None, "", message, mend="save as UTF-8")]) from None
    reader = csv.reader(text.splitlines())
    header = [name.strip().lower() for name in next(reader, [])]
    names = [_NAMES.get(name, name) for name in header]
    lacking = [n for n in ("origin", "destination") if n not in names]
    if lacking:
        words = ["from" if n == "origin" else "to" for n in lacking]
        raise OpenCorridorError(
            [
                _bad(file, 1, word, f"the column {word!r} is missing", mend=suggest(word, header))
                for word in words
            ]
        )
    rows, problems = [], []
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            problems.append(_bad(file, number, "", f"{len(cells)} cells, {len(names)} expected"))
            continue
        rows.append({**dict(zip(names, (c.strip() for c in cells), strict=True)), "": str(number)})
    if not rows and not problems:
        problems.append(_bad(file, None, "", "the file has no pairs"))
    if problems:
        raise OpenCorridorError(problems)
    return rows


def _places(pack: Pack, file: Path, rows: list[dict[str, str]]) -> dict[str, Place]:
    """Resolve every name once; unknown ones are reported with their rows, all at once."""
    found: dict[str, Place] = {}
    problems: list[Problem] = []
    for row in rows:
        for column in ("origin", "destination"):
            text = row[column]
            if text in found:
                continue
            try:
                found[text] = resolve(pack.places, text)
            except OpenCorridorError as error:
                p = error.problems[0]
                name = "from" if column == "origin" else "to"
                problems.append(
                    Problem(
                        p.code,
                        p.message,
                        "",
                        str(file),
                        int(row[""]),
                        name,
                        text,
                        p.expected,
                        p.mend,
                    )
                )
    if problems:
        raise OpenCorridorError(problems)
    return found


def _tonnes(file: Path, row: dict[str, str]) -> float | None:
    text = row.get("tonnes", "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        problem = _bad(file, int(row[""]), "tonnes", f"{text!r} is no number", value=text)
        raise OpenCorridorError([problem]) from None


def find_pairs(request: PairsRequest, progress: Callable[[str], None] | None = None) -> PairsResult:
    """Find the routes of all pairs of a file; ``progress`` is told what takes long.

    Raises
    ------
    OpenCorridorError
        Every row that names no place, all at once; nothing is written then.
    """
    pack = open_pack(request.study, progress)
    rows = _read(request.file)
    date, modes, avoid, no_transit, places = gather(
        (
            lambda: iso_date(request.at) if request.at else pack.baseline_date,
            lambda: parse_modes(request.modes),
            lambda: find_elements(pack.places, pack.graph, pack.labels, request.avoid),
            lambda: tuple(resolve(pack.places, c, "country").id for c in request.no_transit),
            lambda: _places(pack, request.file, rows),
        )
    )
    results = []
    for row in rows:
        cargo = choose_cargo(
            pack.goods,
            pack.default,
            row.get("commodity") or request.commodity,
            row.get("unit") or request.unit,
            _tonnes(request.file, row) or request.tonnes,
        )
        wanted = Wanted(cargo.cargo, modes, avoid, no_transit)
        origin, destination = places[row["origin"]], places[row["destination"]]
        results.append(
            answer(pack, cargo, date, bool(request.at), wanted, origin, destination, explain=False)
        )
    return PairsResult(tuple(rows), tuple(results))


def write_pairs(result: PairsResult, path: Path, force: bool = False) -> Path:
    """Write one row a pair as CSV, whole or not at all."""
    check_target(path, (".csv",), force)
    rows = result.rows()
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
