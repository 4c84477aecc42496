"""What the documents are made of: plain data, filled by the operation that ran the study.

Nothing in this room computes a result. It reads the fields below, shows what is there and leaves
out the part of a page whose table is missing or empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Answer", "MapData", "MapLabel", "MapLink", "MapPlace", "MapRoute", "Point", "Row"]

Point = tuple[float, float]
"""A longitude and a latitude in degrees (WGS 84)."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MapLink:
    """One link of the map.

    Parameters
    ----------
    link_id
        Id of the row in the table ``load``.
    mode
        ``rail``, ``road``, ``sea``, ``ferry``, ``inland_water`` or ``pipeline``.
    points
        Vertices from the tail to the head, at least two.
    t_per_year, t_forward, t_backward
        Load of the baseline in tonnes a year: both directions, with and against ``points``.
        ``None`` draws the link as faint base geography.
    plan_t_per_year
        Load under the chosen measures in the target year.
    """

    link_id: str
    mode: str
    points: Sequence[Point]
    t_per_year: float | None = None
    t_forward: float | None = None
    t_backward: float | None = None
    plan_t_per_year: float | None = None
    name: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A crossing, terminal, port or zone; ``kind`` says which. Hours ``None`` are not drawn."""

    place_id: str
    name: str
    kind: str
    lon: float
    lat: float
    dwell_h: float | None = None
    wait_h: float | None = None
    plan_wait_h: float | None = None
    capacity_t_per_year: float | None = None
    load_t_per_year: float | None = None
    plan_load_t_per_year: float | None = None
    source: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class MapRoute:
    """A highlighted route: one or more lines, drawn under the loads."""

    title: str
    lines: Sequence[Sequence[Point]]


@dataclass(frozen=True, slots=True)
class MapLabel:
    """The name of a country or a sea at a point."""

    text: str
    lon: float
    lat: float
    kind: str = "country"


@dataclass(frozen=True, slots=True)
class MapData:
    """Everything the map draws.

    ``window`` is (lon west, lat south, lon east, lat north); without it the map shows routes and
    places. ``full_width_t_per_year`` is the load drawn at full width; without it the largest load
    is. A heavier link is drawn at full width and the legend says so.
    """

    links: Sequence[MapLink] = ()
    places: Sequence[MapPlace] = ()
    routes: Sequence[MapRoute] = ()
    labels: Sequence[MapLabel] = ()
    window: tuple[float, float, float, float] | None = None
    full_width_t_per_year: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a run: a summary, tables and a map, each part of which may be missing.

    Parameters
    ----------
    summary
        JSON-able values; docs of each key stand in ``opencorridor.documents``.
    tables
        Rows by table name. Numbers are float or ``None``; column names end in their unit.
    map
        The corridor map, or ``None``.
    """

    summary: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    map: MapData | None = None

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table, empty where the answer has no such table."""
        return list(self.tables.get(table) or ())
