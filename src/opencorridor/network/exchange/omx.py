"""Open Matrix (OMX) files: read by the ids of zones that they carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.align import require_same
from opencorridor.study.errors import OpenCorridorError, Problem

__all__ = ["read_omx"]

Floats = npt.NDArray[np.float64]


def _refuse(
    code: str, message: str, path: Path, *, row: int | None = None, column: str = "",
    expected: str = "", mend: str = "",
) -> OpenCorridorError:  # fmt: skip
    problem = Problem(code, message, "", path.name, row, column, "", expected, mend)
    return OpenCorridorError([problem])


def _ids(values: Any) -> list[str]:
    found = [v.decode() if isinstance(v, bytes) else v for v in values.tolist()]
    return [str(int(v)) if isinstance(v, float) and v == int(v) else str(v) for v in found]


def _require_order(found: list[str], zone_id: tuple[str, ...], path: Path, column: str) -> None:
    """Refuse other zones than these, or another order, with the first row that differs."""
    try:
        require_same(found, list(zone_id), "zones")
    except OpenCorridorError as error:
        rows = enumerate(zip(found, zone_id, strict=False), 1)
        raise _refuse(
            error.problems[0].code,
            error.problems[0].message,
            path,
            row=next((i for i, pair in rows if pair[0] != pair[1]), None),
            column=column,
            mend="write the matrix with the zones of the network, in its order",
        ) from error


def read_omx(path: str | Path, zone_id: tuple[str, ...], matrix: str | None = None) -> Floats:
    """Return a matrix of an OMX file whose zones are these, in this order.

    Parameters
    ----------
    path
        The file.
    zone_id
        The zones expected.
    matrix
        Its name; may be left out where there is only one.

    Returns
    -------
    float64[Z, Z]

    Raises
    ------
    OpenCorridorError
        ``no_file``, ``omx_file``, ``omx_matrix``, ``omx_shape``, ``omx_lookup`` (no ids: a matrix
        is never matched by position), ``labels_differ`` (other zones, or another order),
        ``assign_demand``.
    """
    import h5py

    path = Path(path)
    if not path.is_file():
        raise _refuse("no_file", f"there is no file {path}", path)
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise _refuse("omx_file", f"{path} cannot be read as HDF5: {error}", path) from error
    with file:
        names = [k for k, v in file.get("data", {}).items() if isinstance(v, h5py.Dataset)]
        if matrix is None and len(names) == 1:
            matrix = names[0]
        if matrix is None or matrix not in names:
            said = f"there is no matrix {matrix!r}" if matrix else f"the file has {len(names)}"
            raise _refuse("omx_matrix", said, path, expected=f"one of {', '.join(names)}")
        values = np.asarray(file["data"][matrix][()], dtype=np.float64)
        if values.shape != (len(zone_id),) * 2:
            raise _refuse(
                "omx_shape",
                f"{matrix} has {' × '.join(map(str, values.shape))} cells",
                path,
                column=matrix,
                expected=f"{len(zone_id)} × {len(zone_id)}",
            )
        lookups = list(file.get("lookup", {}))
        if not lookups:
            raise _refuse(
                "omx_lookup",
                "the file does not say which zones its rows are",
                path,
                column="lookup",
                mend="write the ids of the zones into a lookup",
            )
        found = _ids(file["lookup"][lookups[0]][()])
        _require_order(found, zone_id, path, f"lookup/{lookups[0]}")
    wrong = np.argwhere(~(np.nan_to_num(values, nan=-1.0, posinf=-1.0) >= 0))
    if len(wrong):
        raise OpenCorridorError(
            [
                Problem("assign_demand", f"{zone_id[i]} to {zone_id[j]} is {values[i, j]:g}", "",
                        path.name, int(i) + 1, zone_id[j], f"{values[i, j]:g}", "0 or more")
                for i, j in wrong[:20].tolist()
            ]
        )  # fmt: skip
    return values
