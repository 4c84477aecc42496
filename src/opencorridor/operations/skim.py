"""Skims to a file: request to result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from opencorridor.operations.checked import iso_date
from opencorridor.routing.asking import NO_NEEDS, Needs
from opencorridor.routing.exports import SUFFIXES, check_target

if TYPE_CHECKING:
    import xarray as xr

    from opencorridor.study import Study

__all__ = ["SkimRequest", "SkimResult", "make"]


@dataclass(frozen=True)
class SkimRequest:
    """What is asked; cargo, modes and date as for a route.

    Attributes
    ----------
    out
        File that ends in ``.csv``, ``.nc``, ``.omx`` or ``.parquet``.
    allow_disconnected
        Leave zones that reach nothing as empty cells instead of refusing them.
    force
        Replace a file that is there.
    no_transit, vehicle, needs
        As for a route: rules for the cargo and the truck hold.
    by
        ``zone`` or ``country``: countries are means over zones, by their weight in the trade.
    """

    out: Path
    study: str | Path | Study = "iran_kazakhstan"
    commodity: str | None = None
    unit: str | None = None
    at: str | None = None
    modes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    no_transit: tuple[str, ...] = ()
    vehicle: str | None = None
    needs: Needs = NO_NEEDS
    allow_disconnected: bool = False
    force: bool = False
    by: Literal["zone", "country"] = "zone"


@dataclass(frozen=True, eq=False)
class SkimResult:
    """The labelled skim and the file that it was written to."""

    data: xr.Dataset
    out: Path

    @property
    def n_zones(self) -> int:
        """Number of zones, or of countries."""
        return int(self.data.sizes["origin"])

    @property
    def n_missing(self) -> int:
        """Number of pairs without a way; a zone and itself are none."""
        return int(self.data.attrs["pairs_without_a_way"])

    @property
    def disconnected(self) -> tuple[str, ...]:
        """Zones that reach no other zone."""
        return tuple(z for z in str(self.data.attrs["disconnected"]).split("; ") if z)


def make(request: SkimRequest) -> SkimResult:
    """Skim all zones and write the file; nothing is written where anything is wrong.

    Raises
    ------
    OpenCorridorError
        ``zone_disconnected``, ``unknown_format``, ``file_exists`` and what is wrong with the
        request or the study.
    """
    check_target(request.out, SUFFIXES, request.force)
    date = iso_date(request.at) if request.at else None
    from opencorridor.routing.api import skims
    from opencorridor.routing.exports import write_skim
    from opencorridor.study import open_study

    given = request.study
    study = open_study(given) if isinstance(given, str | Path) else given
    data = skims(
        study,
        class_id=request.commodity,
        unit=request.unit,
        modes=request.modes,
        avoid=request.avoid,
        no_transit=request.no_transit,
        vehicle=request.vehicle,
        needs=request.needs,
        date=date,
        allow_disconnected=request.allow_disconnected,
        by=request.by,
    )
    return SkimResult(data, write_skim(data, request.out, request.force))
