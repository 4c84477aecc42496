"""Names of the nodes, places and links of a graph, as flat arrays that a cache can keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.network.geo import haversine_km

if TYPE_CHECKING:
    from opencorridor.network import Graph
    from opencorridor.study import Study, Table

__all__ = ["Labels", "Rows", "labels_of"]

Strings = npt.NDArray[np.str_]
_QUAY_KM = 15.0


@dataclass(frozen=True, eq=False)
class Rows:
    """What rules name of the tables' rows that the arcs of a graph refer to.

    Attributes
    ----------
    link_id
        Rows of the link table.
    over_method
        Rows of the transshipment table.
    """

    link_id: Strings
    over_method: Strings

    @classmethod
    def of(cls, tables: Mapping[str, Table]) -> Rows:
        """Return them from the tables of a study."""
        return cls(tables["link"]["link_id"], tables["transshipment"]["method"])


@dataclass(frozen=True, eq=False)
class Labels:
    """What to call the parts of a graph.

    Attributes
    ----------
    node_name
        Shape N: name of a node, of its zone, or its id.
    place_name, place_kind
        Shape P: border crossings (listed, default, union, ferry), then terminals (port, gauge,
        inland).
    place_country
        Shape P: country id of a terminal, else blank.
    place_quay
        Shape P: id of the nearest water node of kind port within 15 km of a terminal, or blank:
        where a port without transshipment rows lies.
    link_id, link_name, link_state, link_carries
        Rows of the link table.
    over_method, over_state, over_when
        Rows of the transshipment table: method, state, and between which days by which document
        it holds, or blank.
    country_name
        Names of ``graph.countries``.
    """

    node_name: Strings
    place_name: Strings
    place_kind: Strings
    place_country: Strings
    place_quay: Strings
    link_id: Strings
    link_name: Strings
    link_state: Strings
    link_carries: Strings
    over_method: Strings
    over_state: Strings
    over_when: Strings
    country_name: Strings

    @property
    def rows(self) -> Rows:
        """What rules name of the rows."""
        return Rows(self.link_id, self.over_method)

    def of_nodes(self, node: npt.NDArray[Any]) -> Labels:
        """Return the labels of a reduced graph whose nodes are these of the whole one."""
        return replace(self, node_name=self.node_name[node])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fields as named arrays, for the cache."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, named: dict[str, npt.NDArray[Any]]) -> Labels:
        """Return the labels that ``arrays`` wrote."""
        return cls(**{field.name: named[field.name] for field in fields(cls)})


def _text(values: Any) -> Strings:
    return np.array(list(values), dtype=np.str_)


def _quays(study: Study) -> list[str]:
    """Return the water node of kind port nearest to every terminal, blank beyond 15 km."""
    node, terminal = study["node"], study["terminal"]
    water = (node["mode"] == "sea") | (node["mode"] == "inland_water")
    at = np.flatnonzero(water & (node["kind"] == "port"))
    found = [""] * terminal.n
    if not len(at):
        return found
    lon, lat, ids = node["lon"][at], node["lat"][at], node["node_id"][at]
    for i in np.flatnonzero(terminal["kind"] == "port"):
        km = haversine_km(terminal["lon"][i], terminal["lat"][i], lon, lat)
        best = int(km.argmin())
        if km[best] <= _QUAY_KM:
            found[i] = str(ids[best])
    return found


def _row_of_node(study: Study, graph: Graph) -> npt.NDArray[np.int64]:
    """Return the row of every node in the table node, zones after them; copies share one."""
    zones = study["zone"].n
    inner = graph.n_nodes - zones
    rows = np.arange(graph.n_nodes) - inner + study["node"].n
    rows[:inner] = graph.base[:inner]
    return rows


def _days(over: Table) -> Iterator[str]:
    """Yield the days on which each row holds, with its document; blank where it has no end."""
    for first, last, document in zip(
        over["valid_from"], over["valid_to"], over["document_no"], strict=True
    ):
        words = [f"{word} {day}" for word, day in (("from", first), ("to", last)) if day]
        said = f" ({document})" if document and words else ""
        yield " ".join(words) + said


def labels_of(study: Study, graph: Graph) -> Labels:
    """Return the labels of a study's full graph."""
    node, zone, link = study["node"], study["zone"], study["link"]
    crossing, terminal = study["border_crossing"], study["terminal"]
    over = study["transshipment"]
    names = [name or node_id for name, node_id in zip(node["name"], node["node_id"], strict=True)]
    country = dict(zip(study["country"]["country_id"], study["country"]["name_en"], strict=True))
    return Labels(
        node_name=_text([*names, *zone["name_en"]])[_row_of_node(study, graph)],
        place_name=_text([*crossing["name_en"], *terminal["name_en"]]),
        place_kind=_text([*crossing["kind"], *terminal["kind"]]),
        place_country=_text([*[""] * crossing.n, *terminal["country_id"]]),
        place_quay=_text([*[""] * crossing.n, *_quays(study)]),
        link_id=_text(link["link_id"]),
        link_name=_text(link["name"]),
        link_state=_text(link["state"]),
        link_carries=_text(link["carries"]),
        over_method=_text(over["method"]),
        over_state=_text(over["state"]),
        over_when=_text(_days(over)),
        country_name=_text(country[c] for c in graph.countries),
    )
