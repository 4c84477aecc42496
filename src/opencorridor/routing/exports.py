"""Skims as files: CSV, NetCDF, Open Matrix (OMX), Parquet; written whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opencorridor.routing.skimming import QUANTITIES, reason_texts
from opencorridor.study.errors import OpenCorridorError, Problem

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["SUFFIXES", "check_target", "whole_file", "write_omx", "write_skim"]

SUFFIXES = (".csv", ".nc", ".omx", ".parquet")
_OMX_VERSION = b"0.2"


def write_skim(data: xr.Dataset, path: Path, force: bool = False) -> Path:
    """Write a skim in the format that the file name ends in.

    Parameters
    ----------
    data
        From :func:`opencorridor.routing.skimming.to_dataset` or
        :func:`opencorridor.routing.countries.to_country_dataset`.
    path
        ``.csv``, ``.nc``, ``.omx`` or ``.parquet``.
    force
        Replace a file that is there.

    Raises
    ------
    OpenCorridorError
        Codes ``unknown_format``, ``file_exists``, ``not_installed``, ``cannot_write``.
    """
    check_target(path, SUFFIXES, force)
    writers = {".csv": _csv, ".nc": _netcdf, ".omx": _omx, ".parquet": _parquet}
    with whole_file(path) as part:
        writers[path.suffix.lower()](data, part)
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name beside a file to write to; only when all is written it takes the file's place.

    Raises
    ------
    OpenCorridorError
        Code ``cannot_write``.
    """
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        raise _refuse(
            "cannot_write", f"{path} cannot be written: {error.strerror or error}", str(path)
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _refuse(code: str, message: str, value: str, mend: str = "") -> OpenCorridorError:
    return OpenCorridorError([Problem(code=code, message=message, value=value, mend=mend)])


def check_target(path: Path, suffixes: tuple[str, ...], force: bool) -> None:
    """Refuse, before any work, a file that cannot or must not be written."""
    if path.suffix.lower() not in suffixes:
        raise _refuse(
            "unknown_format",
            f"{path.name} ends in no known format",
            path.suffix,
            f"let the name end in {', '.join(suffixes)}",
        )
    if path.suffix.lower() == ".parquet":
        _need_pyarrow()
    if path.exists() and not force:
        raise _refuse("file_exists", f"{path} is there already", str(path), "add --force")
    if not path.parent.is_dir():
        raise _refuse(
            "no_folder", f"there is no folder {path.parent}", str(path), "make the folder first"
        )


def _need_pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise _refuse(
            "not_installed",
            "Parquet needs the package pyarrow",
            "pyarrow",
            "install opencorridor[parquet], or write .csv, .nc or .omx",
        ) from error
    return pyarrow


def _names(data: xr.Dataset) -> list[str]:
    """Return the matrices of numbers: the quantities, and by country the share connected."""
    return [name for name in (*QUANTITIES, "connected_share") if name in data]


def _rows(data: xr.Dataset) -> Iterator[list[object]]:
    origins = data["origin"].values
    columns = [data[name].values for name in _names(data)]
    reason, texts = data["reason"].values, reason_texts(data)
    for i, origin in enumerate(origins):
        for j, destination in enumerate(origins):
            cells: list[object] = [origin, destination]
            cells += ["" if np.isnan(c[i, j]) else repr(float(c[i, j])) for c in columns]
            cells.append(texts[reason[i, j]])
            yield cells


def _csv(data: xr.Dataset, path: Path) -> None:
    """One row a pair, all pairs; empty cells and a reason where there is no way."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["origin", "destination", *_names(data), "reason"])
        writer.writerows(_rows(data))


def _netcdf(data: xr.Dataset, path: Path) -> None:
    data.to_netcdf(path, engine="h5netcdf")


def _omx(data: xr.Dataset, path: Path) -> None:
    key = "country_id" if data.attrs.get("by") == "country" else "zone_id"
    matrices = {name: data[name].values for name in (*_names(data), "reason")}
    notes = {name: dict(data[name].attrs) for name in matrices}
    for name in _names(data):
        notes[name]["NA"] = np.nan
    write_omx(path, matrices, [str(z) for z in data["origin"].values], key, data.attrs, notes)


def write_omx(
    path: Path,
    matrices: Mapping[str, Any],
    ids: Sequence[str],
    key: str = "zone_id",
    attrs: Mapping[Any, Any] | None = None,
    notes: Mapping[str, Mapping[Any, Any]] | None = None,
) -> None:
    """Write Open Matrix 0.2: plain HDF5 with groups ``data`` and ``lookup``.

    Parameters
    ----------
    path
        The file.
    matrices
        Matrices by name, of one shape, [Z, Z].
    ids, key
        Ids of the rows and columns, and the name of their lookup.
    attrs, notes
        Attributes of the file, and of each matrix.
    """
    import h5py

    n = len(ids)
    with h5py.File(path, "w") as file:
        file.attrs["OMX_VERSION"] = np.bytes_(_OMX_VERSION)
        file.attrs["SHAPE"] = np.array([n, n], dtype=np.int32)
        for name, value in (attrs or {}).items():
            file.attrs[name] = value
        group = file.create_group("data")
        for name, values in matrices.items():
            matrix = group.create_dataset(
                name, data=values, compression="gzip", compression_opts=1, shuffle=True
            )
            for note, value in (notes or {}).get(name, {}).items():
                matrix.attrs[note] = value
        lookup = file.create_group("lookup")
        lookup.create_dataset(key, data=np.array([i.encode() for i in ids], dtype=np.bytes_))
        lookup[key].attrs["DIM"] = np.array([0, 1], dtype=np.int32)


def _parquet(data: xr.Dataset, path: Path) -> None:
    import pandas as pd

    names = _names(data)
    frame = pd.DataFrame(_rows(data), columns=["origin", "destination", *names, "reason"])
    for name in names:
        frame[name] = pd.to_numeric(frame[name])
    frame.to_parquet(path, index=False)
