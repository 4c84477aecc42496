"""From what a person asks to ids: commodity, unit, cargo, what to avoid, where to start and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from opencorridor.network import MODES, Graph
from opencorridor.routing.ends import (
    End,
    Pricer,
    crossing_end,
    node_end,
    point_end,
    terminal_end,
    zone_end,
)
from opencorridor.routing.labels import Labels
from opencorridor.routing.masks import Element
from opencorridor.study.errors import OpenCorridorError, Problem, near, suggest
from opencorridor.study.places import Place, PlaceIndex, fold, resolve_all

if TYPE_CHECKING:
    from opencorridor.study import Study, Table
    from opencorridor.study.settings import Defaults

__all__ = [
    "NO_NEEDS",
    "UNITS",
    "Cargo",
    "Goods",
    "Needs",
    "choose_cargo",
    "end_of",
    "find_element",
    "find_elements",
    "needs_text",
]

UNITS = ("t", "teu", "feu", "truck", "wagon")
_CONTAINER_UNITS = ("teu", "feu")
_BULK_UNITS = ("t", "wagon")
_DANGEROUS = re.compile(r"[1-9](\.[1-6])?")
_NAMES = ("name_en", "name_ru", "name_kk", "name_fa")


@dataclass(frozen=True)
class Needs:
    """What a cargo asks of the way, beyond its class.

    Attributes
    ----------
    dangerous
        Class of dangerous goods (UN model regulations), such as ``3`` or ``4.1``; blank: none.
    temperature
        It needs a temperature.
    container_type
        Such as ``reefer`` or ``tank``; blank: dry.
    t_per_unit
        Weight of one unit; None: the shipment spread evenly over full units.
    """

    dangerous: str = ""
    temperature: bool = False
    container_type: str = ""
    t_per_unit: float | None = None


NO_NEEDS = Needs()


def needs_text(needs: Needs) -> str:
    """Return what a cargo asks of the way in words; blank where it asks nothing."""
    weight = needs.t_per_unit
    words = (
        f"dangerous goods of class {needs.dangerous}" if needs.dangerous else "",
        "a temperature" if needs.temperature else "",
        f"{needs.container_type} container" if needs.container_type else "",
        f"{weight:g} t a unit" if weight is not None else "",
    )
    return ", ".join(word for word in words if word)


@dataclass(frozen=True)
class Cargo:
    """What is sent.

    Attributes
    ----------
    class_id, name
        Commodity class.
    unit
        ``t``, ``teu``, ``feu``, ``truck`` or ``wagon``.
    cargo
        ``container`` or ``bulk``: how it travels.
    tonnes
        Weight of the shipment; by default one unit.
    payload_t
        Tonnes of a full unit (1 for tonnes).
    needs
        What it asks of the way.
    """

    class_id: str
    name: str
    unit: str
    cargo: str
    tonnes: float
    payload_t: float = 1.0
    needs: Needs = NO_NEEDS

    @property
    def t_per_unit(self) -> float:
        """Weight of one unit, t; of a shipment in tonnes that of a full one is 1."""
        if self.needs.t_per_unit is not None:
            return self.needs.t_per_unit
        units = max(float(np.ceil(self.tonnes / self.payload_t - 1e-9)), 1.0)
        return self.tonnes / units


@dataclass(frozen=True)
class Goods:
    """The commodity table as far as a request needs it (JSON-able, so that a cache can keep it).

    Attributes
    ----------
    rows
        One dict per class: class_id, names, containerised_share, value, payloads.
    """

    rows: tuple[dict[str, object], ...]

    @classmethod
    def of(cls, table: Table) -> Goods:
        """Take what is needed from the commodity table."""
        wanted = (
            "class_id",
            *_NAMES,
            "containerised_share",
            "value_density_usd_per_t",
            *(f"payload_t_per_{u}" for u in UNITS),
        )
        has = [name for name in wanted if name in table.columns]
        return cls(tuple({name: row[name] for name in has} for row in table.rows()))

    def find(self, text: str) -> dict[str, object]:
        """Return the class with this id or name, or the only one whose name holds the words.

        Raises
        ------
        OpenCorridorError
            Code ``unknown_commodity``, with near names.
        """
        for row in self.rows:
            if row["class_id"] == text:
                return row
        key = fold(text)
        named = {fold(str(row.get(n) or "")): row for row in self.rows for n in _NAMES}
        if key and key in named:
            return named[key]
        holding = [row for row in self.rows if key and key in fold(str(row["name_en"]))]
        if len(holding) == 1:
            return holding[0]
        names = [str(row["name_en"]) for row in holding or self.rows]
        words = {w: n for n in names for w in fold(n).split() if len(w) > 2}
        close = near(text, names) or [words[w] for w in near(key, words)]
        shown = " or ".join(dict.fromkeys(names if holding else close))
        known = ", ".join(f"{row['class_id']} {row['name_en']}" for row in self.rows)
        raise OpenCorridorError(
            [
                Problem(
                    code="unknown_commodity",
                    message=f"{text!r} is no one commodity class",
                    value=text,
                    expected=f"one of {known}",
                    mend=f"did you mean {shown}?" if shown else "",
                )
            ]
        )


def choose_cargo(
    goods: Goods,
    default: Defaults,
    commodity: str | None = None,
    unit: str | None = None,
    tonnes: float | None = None,
    cargo: str | None = None,
    needs: Needs | None = None,
) -> Cargo:
    """Return what is sent, filling gaps from the study's default cargo.

    A container unit travels as container, tonnes and wagons as bulk, a truck as most of its class
    does. Without a unit a class that is mostly containerised takes the study's default unit,
    another one tonnes in bulk.

    Raises
    ------
    OpenCorridorError
        Codes ``unknown_commodity``, ``unknown_unit``, ``out_of_range``.
    """
    row = goods.find(commodity or default.commodity or str(goods.rows[0]["class_id"]))
    boxed = float(str(row["containerised_share"])) >= 0.5
    if unit is not None and unit.lower() not in UNITS:
        raise OpenCorridorError(
            [
                Problem(
                    code="unknown_unit",
                    message=f"there is no unit {unit!r}",
                    value=unit,
                    expected=", ".join(UNITS),
                    mend=suggest(unit, UNITS),
                )
            ]
        )
    if unit is None:
        unit = (default.unit or "t") if commodity is None or boxed else "t"
        if commodity is None and default.cargo and cargo is None:
            cargo = default.cargo
    unit = unit.lower()
    if cargo is None:
        if unit in _CONTAINER_UNITS:
            cargo = "container"
        elif unit in _BULK_UNITS:
            cargo = "bulk"
        else:
            cargo = "container" if boxed else "bulk"
    payload = 1.0 if unit == "t" else float(str(row[f"payload_t_per_{unit}"]))
    weight = payload if tonnes is None else float(tonnes)
    if not (np.isfinite(weight) and weight > 0):
        raise OpenCorridorError(
            [
                Problem(
                    code="out_of_range",
                    message=f"--tonnes is {weight:g}",
                    value=f"{weight:g}",
                    expected="a weight above 0",
                )
            ]
        )
    name = str(row["name_en"])
    return Cargo(str(row["class_id"]), name, unit, cargo, weight, payload, _checked(needs))


def _checked(needs: Needs | None) -> Needs:
    """Return what is needed, or raise with everything that cannot be."""
    needs = needs or NO_NEEDS
    problems = []
    if needs.dangerous and not _DANGEROUS.fullmatch(needs.dangerous):
        problems.append(
            Problem(
                code="out_of_range",
                message=f"{needs.dangerous!r} is no class of dangerous goods",
                value=needs.dangerous,
                expected="1 to 9, or a division such as 4.1",
            )
        )
    weight = needs.t_per_unit
    if weight is not None and not (np.isfinite(weight) and weight > 0):
        problems.append(
            Problem(
                code="out_of_range",
                message=f"--unit-weight is {weight:g}",
                value=f"{weight:g}",
                expected="tonnes above 0",
            )
        )
    if problems:
        raise OpenCorridorError(problems)
    return needs


def find_element(
    source: Study | PlaceIndex, graph: Graph, labels: Labels, text: str
) -> list[Element]:
    """Return what ``--avoid X`` means: a mode, country, crossing, port or link.

    A name stands for all crossings and ports of that name in one town (road and rail).

    Raises
    ------
    OpenCorridorError
        ``unknown_place`` with near names, ``ambiguous_place`` with candidates.
    """
    word = text.strip()
    if word.lower().replace(" ", "_") in MODES:
        mode = word.lower().replace(" ", "_")
        return [Element("mode", mode, mode.replace("_", " "))]
    if word.upper() in graph.countries:
        at = graph.country_index(word.upper())
        return [Element("country", word.upper(), str(labels.country_name[at]))]
    if word in graph.places:
        at = graph.place_index(word)
        kind = "border_crossing" if at < graph.n_crossings else "terminal"
        return [Element(kind, word, str(labels.place_name[at]))]
    link = word.removeprefix("link:")
    rows = np.flatnonzero(labels.link_id == link)
    if len(rows):
        name = str(labels.link_name[rows[0]]) or f"link {link}"
        return [Element("link", link, name)]
    places = resolve_all(source, word, ("border_crossing", "port", "country"))
    kinds = {"port": "terminal", "country": "country", "border_crossing": "border_crossing"}
    return [Element(kinds[place.kind], place.id, place.name) for place in places]


def find_elements(
    source: Study | PlaceIndex, graph: Graph, labels: Labels, texts: Iterable[str]
) -> tuple[Element, ...]:
    """Return all elements of several texts; every text that names nothing is reported at once."""
    found: list[Element] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            found += find_element(source, graph, labels, text)
        except OpenCorridorError as error:
            problems += error.problems
    if problems:
        raise OpenCorridorError(problems)
    return tuple(dict.fromkeys(found))


def end_of(
    place: Place,
    graph: Graph,
    labels: Labels,
    modes: Sequence[str],
    price: Pricer,
    *,
    quay: bool = False,
    arriving: bool = False,
) -> End:
    """Return the end of a route at a resolved place: where it starts or (``arriving``) ends.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_place`` for a country: a zone of it has to be named.
    """
    if place.kind == "zone":
        return zone_end(graph, labels, place.id)
    if place.kind == "port":
        return terminal_end(graph, labels, place.id, modes, quay)
    if place.kind == "border_crossing":
        return crossing_end(graph, labels, place.id, modes=modes)
    if place.kind == "station":
        ends = [node_end(graph, labels, node, arriving) for node in place.ids or (place.id,)]
        nodes = tuple(n for end in ends for n in end.nodes)
        countries = tuple(c for end in ends for c in end.countries)
        return End("station", place.id, place.name, nodes, countries)
    if place.kind == "coordinates":
        return point_end(graph, labels, place.lat, place.lon, price, name=place.name, modes=modes)
    raise OpenCorridorError(
        [
            Problem(
                code="unknown_place",
                message=f"{place.name} is a country; a route starts and ends at a place",
                value=place.id,
                expected="a zone, port, station, crossing or lat,lon",
            )
        ]
    )
