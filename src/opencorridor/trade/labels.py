"""Flows with and without labels: plain arrays, a ``TradeMatrix`` or an xarray ``DataArray``.

Labels must agree exactly: same names, none missing, none twice. Their order may differ, then the
array is put in the order of the flows. xarray is never imported here: who passes a DataArray has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.align import positions, require_same
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["DIMS", "Labels", "align", "is_labelled", "read_flows", "wrap"]

DIMS = ("sector", "exporter", "importer")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labels:
    """Names of the countries and sectors, and whether results are to carry them.

    ``values`` holds the labels as given (they may be numbers), ``countries`` and ``sectors`` the
    same as text for messages.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    labelled: bool = False
    country_values: Any = None
    sector_values: Any = None

    def cell(self, sector: int, exporter: int, importer: int) -> str:
        """Return a cell's name for messages."""
        return f"{self.sectors[sector]}, {self.countries[exporter]} to {self.countries[importer]}"


def is_labelled(values: object) -> bool:
    """Return whether ``values`` is an xarray DataArray, without importing xarray."""
    kind = type(values)
    return kind.__module__.startswith("xarray.") and kind.__name__ == "DataArray"


def _refuse(code: str, message: str, expected: str, mend: str = "") -> OpenCorridorError:
    return OpenCorridorError([Problem(code, message, expected=expected, mend=mend)])


def read_flows(
    flows: Any, countries: Sequence[str] | None, sectors: Sequence[str] | None
) -> tuple[Floats, Labels]:
    """Return flows as ``float64[S, N, N]`` with the names that they carry or that are given."""
    if is_labelled(flows):
        return _read_labelled(flows)
    if hasattr(flows, "flows") and hasattr(flows, "countries"):
        countries, sectors, flows = flows.countries, flows.sectors, flows.flows
    values = np.asarray(flows, dtype=np.float64)
    if values.ndim != 3 or values.shape[1] != values.shape[2] or 0 in values.shape:
        raise _refuse(
            "trade_not_square",
            f"the flows have the shape {values.shape}",
            "[sector, exporter, importer] with the same countries as exporters and importers",
            "add the missing countries or an axis for the one sector",
        )
    shape = (values.shape[1], values.shape[0])
    names = []
    for given, count, word in zip((countries, sectors), shape, ("country", "sector"), strict=True):
        if given is not None and len(given) != count:
            raise _refuse(
                "trade_labels", f"{len(given)} names of {word} for {count}", f"{count} names"
            )
        names.append(
            tuple(map(str, given)) if given else tuple(f"{word} {i}" for i in range(count))
        )
    return values, Labels(names[0], names[1])


def _read_labelled(flows: xr.DataArray) -> tuple[Floats, Labels]:
    if set(map(str, flows.dims)) != set(DIMS):
        raise _refuse(
            "trade_not_square",
            f"the flows have the dimensions {', '.join(map(str, flows.dims))}",
            ", ".join(DIMS),
        )
    flows = flows.transpose(*DIMS)
    for dim in DIMS:
        if dim not in flows.coords:
            raise _refuse("trade_labels", f"the flows have no labels along {dim}", "one per row")
    exporters = flows["exporter"].values
    values = np.asarray(flows.values, dtype=np.float64)
    order = _order("importer", exporters, flows["importer"].values)
    labels = Labels(
        tuple(map(str, exporters)),
        tuple(map(str, flows["sector"].values)),
        labelled=True,
        country_values=exporters,
        sector_values=flows["sector"].values,
    )
    return np.ascontiguousarray(values[:, :, order]), labels


def _order(dim: str, wanted: Any, found: Any) -> npt.NDArray[np.int32]:
    """Return where each wanted label stands among those found: the same labels, in any order."""
    wanted, found = list(map(str, wanted.tolist())), list(map(str, found.tolist()))
    require_same(sorted(wanted), sorted(found), f"labels of {dim}")
    return positions(wanted, found, dim)


def align(values: Any, labels: Labels, dims: tuple[str, ...], what: str) -> Floats:
    """Return ``values`` in the order of the flows along ``dims`` ("country" and those of DIMS)."""
    shape = tuple(len(labels.sectors if dim == "sector" else labels.countries) for dim in dims)
    if is_labelled(values):
        if not labels.labelled:
            raise _refuse("trade_labels", f"{what} has labels, the flows have none", "both or none")
        if set(map(str, values.dims)) != set(dims):
            raise _refuse(
                "trade_labels",
                f"{what} has the dimensions {', '.join(map(str, values.dims))}",
                ", ".join(dims),
            )
        values = values.transpose(*dims)
        array = np.asarray(values.values, dtype=np.float64)
        for axis, dim in enumerate(dims):
            wanted = labels.sector_values if dim == "sector" else labels.country_values
            order = _order(dim, wanted, values[dim].values)
            array = np.take(array, order, axis=axis)
        return array
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        raise _refuse(
            "trade_shape", f"{what} has the shape {array.shape}", f"{shape}: {', '.join(dims)}"
        )
    return array


def wrap(values: Floats, labels: Labels, dims: tuple[str, ...], name: str, unit: str) -> Any:
    """Return ``values`` as a DataArray where the flows were one, else as they are."""
    if not labels.labelled:
        return values
    import xarray as xr

    coords = {
        dim: labels.sector_values if dim == "sector" else labels.country_values for dim in dims
    }
    return xr.DataArray(values, dims=dims, coords=coords, name=name, attrs={"units": unit})
