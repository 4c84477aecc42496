"""Documents that goods need on a route: which rows of table ``document`` hold, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from opencorridor.network import MODES
from opencorridor.routing.asking import Cargo
from opencorridor.routing.legs import Leg
from opencorridor.routing.rules import dangerous, holds_on
from opencorridor.study import Table

__all__ = ["NeededDocument", "Stay", "documents_on", "stays_along"]

_STAGES = ("origin", "transit", "border", "destination")
_NEEDS = ("required", "conditional", "option")
_AS_IT_SAYS = ("document_id", "name", "code", "stage", "need", "condition", "issuer", "electronic",
               "legal_base", "note", "source", "status")  # fmt: skip


@dataclass(frozen=True, slots=True)
class NeededDocument:
    """A document that a shipment needs.

    Attributes
    ----------
    document_id, name, code
        As in table ``document``.
    stage
        ``origin``, ``transit``, ``border`` or ``destination``.
    country
        Country whose rule it is, or blank.
    at
        Names of the place of departure, the crossings or ports, or the destination.
    need
        ``required``, ``conditional`` or ``option``.
    condition, issuer, electronic, legal_base, note, source, status
        As the row says.
    """

    document_id: str
    name: str
    code: str
    stage: str
    country: str
    at: tuple[str, ...]
    need: str
    condition: str
    issuer: str
    electronic: str
    legal_base: str
    note: str
    source: str
    status: str


@dataclass(slots=True)
class Stay:
    """A stay in one country: how goods come in and go out, and by which modes they move."""

    country: str
    enters_by: str = ""
    leaves_by: str = ""
    modes: set[str] = field(default_factory=set)


def stays_along(legs: Sequence[Leg], origin: str, destination: str) -> list[Stay]:
    """Return the stays in countries along the legs, in order of travel.

    Parameters
    ----------
    legs
        Of a route. A leg on water belongs to the stays before and after it.
    origin, destination
        Country ids of the two ends; blank where an end has none.
    """
    stays = [Stay(origin)]
    water, place = "", ""
    for leg in legs:
        if leg.country and leg.country != stays[-1].country:
            stays[-1].leaves_by = stays[-1].leaves_by or leg.border_crossing or place
            stays.append(Stay(leg.country, leg.border_crossing or place))
            stays[-1].modes |= {water} - {""}
        if leg.mode in MODES:
            stays[-1].modes.add(leg.mode)
        if leg.mode in ("sea", "inland_water"):
            # The quay that is left, then the one that is reached.
            stays[-1].leaves_by = stays[-1].leaves_by or leg.origin
            water, place = leg.mode, leg.border_crossing or leg.destination
        elif leg.mode in MODES:
            water, place = "", ""
    if destination and stays[-1].country != destination:
        stays.append(Stay(destination, place, modes={water} - {""}))
    return stays


def _fits(row: dict[str, Any], cargo: Cargo, date: str, partner: str) -> bool:
    """Return whether a row holds for the goods, the day and the other end of the trade."""
    return (
        holds_on(row, date)
        and (not row["class_ids"] or cargo.class_id in row["class_ids"].split(";"))
        and (
            not row["dangerous_classes"]
            or dangerous(row["dangerous_classes"], cargo.needs.dangerous)
        )
        and (row["temperature"] != "1" or cargo.needs.temperature)
        and (not row["partners"] or partner in row["partners"].split(";"))
        and partner not in row["except_partners"].split(";")
    )


def _named(places: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for place in places if place))


def _where(row: dict[str, Any], stays: list[Stay], ends: tuple[str, str]) -> tuple[str, ...] | None:
    """Return the places where a row asks for its document on this way; None where it does not."""
    country, mode, stage = row["country_id"], row["mode"], row["stage"]
    home = {stays[0].country, stays[-1].country}
    mine = {
        "origin": stays[:1],
        "destination": stays[-1:],
        "border": stays,
        # A railway that cuts a corner of a neighbour passes no crossing there, and no customs.
        "transit": [stay for stay in stays if stay.country not in home and stay.enters_by],
    }[stage]
    if stage == "transit" and not country:
        mine = stays  # a paper for the whole way, such as a consignment note
    if country:
        mine = [stay for stay in mine if stay.country == country]
    if mode and stage in ("origin", "destination") and not country:
        mine = mine if any(mode in stay.modes for stay in stays) else []
    elif mode:
        mine = [stay for stay in mine if mode in stay.modes]
    if not mine:
        return None
    if stage in ("origin", "destination"):
        return (ends[stage == "destination"],)
    if stage == "transit" and not country:
        return (ends[0],)
    first = stays[0]
    return _named(stay.leaves_by if stay is first else stay.enters_by for stay in mine)


def documents_on(
    table: Table,
    legs: Sequence[Leg],
    cargo: Cargo,
    date: str,
    trade: tuple[str, str],
    ends: tuple[str, str],
) -> tuple[NeededDocument, ...]:
    """Return the documents that a shipment needs along a route, in order of use.

    Parameters
    ----------
    table
        Table ``document`` of the study.
    legs
        Of the route.
    cargo
        What is sent; its needs pick rows for dangerous goods and cold chains.
    date
        ISO 8601.
    trade, ends
        Country ids, and names, of origin and destination. Within one country there are none.
    """
    if trade[0] == trade[1]:
        return ()
    stays = stays_along(legs, *trade)
    found = []
    for row in table.rows():
        # The other end of the trade, as seen from the country whose rule it is.
        partner = trade[0] if row["country_id"] == trade[1] else trade[1]
        at = _where(row, stays, ends) if _fits(row, cargo, date, partner) else None
        if at is not None:
            found.append(
                NeededDocument(**{n: row[n] for n in _AS_IT_SAYS}, country=row["country_id"], at=at)
            )
    order = {name: i for i, name in enumerate((*_STAGES, *_NEEDS))}
    return tuple(sorted(found, key=lambda one: (order[one.stage], order[one.need])))
