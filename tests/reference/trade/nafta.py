"""The data of Caliendo and Parro (2015): 31 regions, 40 sectors, tariffs of 1993 and of NAFTA."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, compressed or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True)
class Nafta:
    """The accounts as arguments of ``sector_world``, the new tariffs, and names."""

    world: dict[str, Any]
    new_tariff: Floats
    regions: list[str]
    sectors: list[str]


def load(folder: Path) -> Nafta:
    """Return the data in ``folder``."""
    theta = read(folder / "cp2015_theta.csv")
    deficit = read(folder / "cp2015_nafta_deficit.csv")
    sectors = [row["sector"] for row in theta]
    regions = [row["region"] for row in deficit]
    s, n = len(sectors), len(regions)
    of_sector = {name: k for k, name in enumerate(sectors)}
    of_region = {name: k for k, name in enumerate(regions)}
    flows, old, new = (np.full((s, n, n), np.nan) for _ in range(3))
    for row in read(folder / "cp2015_nafta_trade.csv.gz"):
        cell = of_sector[row["sector"]], of_region[row["exporter"]], of_region[row["importer"]]
        flows[cell] = float(row["value"])
        old[cell], new[cell] = float(row["tariff_bln"]), float(row["tariff_cfl"])
    inputs = np.full((s, s, n), np.nan)
    for row in read(folder / "cp2015_nafta_intermediate.csv.gz"):
        place = of_sector[row["input"]], of_sector[row["sector"]], of_region[row["region"]]
        inputs[place] = float(row["value"])
    final, added = np.full((s, n), np.nan), np.full((s, n), np.nan)
    for row in read(folder / "cp2015_nafta_final_va.csv.gz"):
        at = of_sector[row["sector"]], of_region[row["region"]]
        final[at], added[at] = float(row["final_consumption"]), float(row["value_added"])
    world = {
        "flows": flows,
        "theta": np.array([float(row["theta_99pct_sample"]) for row in theta]),
        "inputs": inputs,
        "value_added": added,
        "final": final,
        "tariff": old,
        "deficit": np.array([float(row["D"]) for row in deficit]),
        # One published input is negative: what the basic metals of Canada use of "Other".
        "negative_inputs": True,
        "countries": regions,
        "sectors": sectors,
    }
    return Nafta(world, new, regions, sectors)
