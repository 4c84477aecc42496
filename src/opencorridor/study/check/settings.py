"""Checks of the settings and of the observations that the model is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import OpenCorridorError, Problem, suggest
from opencorridor.study.files import SETTINGS_FILE
from opencorridor.study.places import place_index, resolve
from opencorridor.study.study import Study

_UNITS = ("t", "teu", "feu", "truck", "wagon")
_PREFIX_KINDS = {"zone": "zone", "port": "port", "crossing": "border_crossing"}


def _setting(code: str, key: str, value: str, message: str, expected: str, mend: str) -> Problem:
    return Problem(code, message, "study", SETTINGS_FILE, None, key, value, expected, mend)


@check("settings_unknown_id")
def settings_unknown_id(study: Study) -> Iterator[Problem]:
    """Check that the pair, the default cargo and its unit in the settings exist."""
    settings = study.settings
    countries = study["country"]["country_id"].tolist()
    classes = study["commodity"]["class_id"].tolist()
    asked = [
        ("pair.a", settings.pair[0], countries, "country"),
        ("pair.b", settings.pair[1], countries, "country"),
        ("default.commodity", settings.default.commodity, classes, "commodity class"),
        ("default.unit", settings.default.unit, list(_UNITS), "unit"),
    ]
    for key, value, known, what in asked:
        if value not in known:
            expected = ", ".join(_UNITS) if what == "unit" else f"an id of {what}"
            yield _setting(
                "settings_unknown_id",
                key,
                value,
                f"there is no {what} {value!r}",
                expected,
                suggest(value, known),
            )


@check("settings_years")
def settings_years(study: Study) -> Iterator[Problem]:
    """Check that the target lies after the baseline."""
    target = study.settings.target
    if target and target.year <= study.settings.baseline_year:
        message = f"the target year {target.year} is not after the baseline"
        expected = f"a year after {study.settings.baseline_year}"
        yield _setting("settings_years", "target.year", str(target.year), message, expected, "")


@check("settings_routes")
def settings_routes(study: Study) -> Iterator[Problem]:
    """Check that the routes that a run prints have ends and cargo of the study."""
    classes = study["commodity"]["class_id"].tolist()
    for route in study.settings.routes:
        for place in (route.origin, route.destination):
            try:
                resolve(study, place)
            except OpenCorridorError as error:
                first = error.problems[0]
                yield _setting(
                    "settings_routes", "routes", place, first.message, first.expected, first.mend
                )
        if route.commodity and route.commodity not in classes:
            message = f"there is no commodity class {route.commodity!r}"
            yield _setting(
                "settings_routes",
                "routes",
                route.commodity,
                message,
                "a class_id",
                suggest(route.commodity, classes),
            )


def _end_exists(study: Study, text: str, nodes: set[str]) -> bool:
    prefix, colon, rest = text.partition(":")
    if text in nodes:
        return True
    kind = _PREFIX_KINDS.get(prefix) if colon else None
    index = place_index(study)
    return kind is not None and any(index.places[k].kind == kind for k in index.by_id.get(rest, []))


@check("observation_end_unknown", "observation_match")
def observation_end_unknown(study: Study) -> Iterator[Problem]:
    """Check that the ends and via points of a matched observation are places of the study."""
    nodes = set(study["node"]["node_id"].tolist())
    table = study["observation_match"]
    doors = set(study["border_crossing"]["border_crossing_id"].tolist())
    doors |= set(study["terminal"]["terminal_id"].tolist())
    for i in range(table.n):
        for column in ("origin_id", "destination_id"):
            end = table[column][i]
            if end and not _end_exists(study, end, nodes):
                yield at(
                    study,
                    "observation_end_unknown",
                    f"place {end!r} does not exist",
                    "observation_match",
                    i,
                    column,
                    "zone:ID, port:ID, crossing:ID or a node_id",
                )
        for via in table["via_ids"][i].split(";"):
            if via and via not in doors and via not in nodes:
                yield at(
                    study,
                    "observation_end_unknown",
                    f"place {via!r} does not exist",
                    "observation_match",
                    i,
                    "via_ids",
                    "border crossings, terminals and nodes",
                )


@check("observation_incomplete", "observation_match")
def observation_incomplete(study: Study) -> Iterator[Problem]:
    """Check that an observation in use has both ends and a value."""
    table = study["observation_match"]
    for i, use in enumerate(table["use"].tolist()):
        if use != "used":
            continue
        for column in ("origin_id", "destination_id", "value"):
            cell = table[column][i]
            if cell == "" or cell != cell:
                yield at(
                    study,
                    "observation_incomplete",
                    f"a used observation without {column}",
                    "observation_match",
                    i,
                    column,
                    "a value",
                    "fill it in, or give the reason in use",
                )
