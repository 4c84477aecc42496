"""Checks of fleets: what they carry, and where."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study

_PLACES = (
    ("link", "link_id"),
    ("border_crossing", "border_crossing_id"),
    ("terminal", "terminal_id"),
)


def _ids(cell: str) -> list[str]:
    return [part for part in str(cell).split(";") if part]


@check("fleet_where", "fleet")
def fleet_where(study: Study) -> Iterator[Problem]:
    """Check that a fleet says where it works, and that its places are there."""
    table = study["fleet"]
    if not table.n:
        return
    known = {str(i) for name, key in _PLACES for i in study[name][key]}
    for i in range(table.n):
        places, countries = _ids(table["at_place_ids"][i]), _ids(table["at_countries"][i])
        if not places and not countries:
            text = "the fleet names neither places nor countries"
            wanted = "at_place_ids or at_countries"
            yield at(study, "fleet_where", text, "fleet", i, "at_place_ids", wanted)
        if table["trade"][i] != "all" and not countries:
            text = f"trade {table['trade'][i]} of no country"
            yield at(study, "fleet_where", text, "fleet", i, "trade", "countries in at_countries")
        for place in places:
            if place not in known:
                text = f"there is no link, crossing or terminal {place}"
                wanted = "the id of a link, crossing or terminal"
                yield at(study, "fleet_where", text, "fleet", i, "at_place_ids", wanted)


@check("fleet_turnaround", "fleet")
def fleet_turnaround(study: Study) -> Iterator[Problem]:
    """Check that the days at terminals lie within the turnaround."""
    table = study["fleet"]
    bad = (table["terminal_days"] > table["turnaround_days"]) & (table["turnaround_days"] > 0)
    for i in np.flatnonzero(bad).tolist():
        text = (
            f"{table['terminal_days'][i]:g} days at terminals in a turnaround of "
            f"{table['turnaround_days'][i]:g}"
        )
        wanted = "no more days at terminals than in the whole turnaround"
        yield at(study, "fleet_turnaround", text, "fleet", i, "terminal_days", wanted)


@check("fleet_area", "fleet")
def fleet_area(study: Study) -> Iterator[Problem]:
    """Check that the waters of a fleet are those of some link."""
    table = study["fleet"]
    if not (table["area"] != "").any():
        return
    known = set(study["link"]["area"].tolist())
    for i in range(table.n):
        if table["area"][i] and table["area"][i] not in known:
            text = f"no link lies in {table['area'][i]}"
            yield at(study, "fleet_area", text, "fleet", i, "area", "an area of table link")
