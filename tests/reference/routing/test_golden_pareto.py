"""Complete Pareto sets of recorded instances; folder ``pareto``, its README says how they arose."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opencorridor.routing.kernels.pareto import pareto

pytestmark = pytest.mark.reference

Row = dict[str, str]
Key = tuple[str, int, int, int]


def read(path: Path) -> list[Row]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def folder(reference_folder: Path) -> Path:
    found = reference_folder / "pareto"
    if not found.is_dir():
        pytest.skip("no instances of Pareto sets among the reference instances: left out")
    return found


def front(rows: list[Row], origin: int, destination: int, criteria: int) -> list[list[int]]:
    """Return the front of the first two or three criteria."""
    arcs = np.array(
        [[int(r["from_node"]), int(r["to_node"]), int(r["c1"]), int(r["c2"]),
          int(r.get("c3") or 0)] for r in rows], np.int64,
    )  # fmt: skip
    arcs = arcs[np.argsort(arcs[:, 0], kind="stable")]
    tail, head = arcs[:, 0].copy(), arcs[:, 1].copy()
    cost = arcs[:, 2:].copy()
    cost[:, criteria:] = 0
    nodes = np.arange(max(tail.max(), head.max()) + 2)
    back = np.argsort(head, kind="stable")
    zero = np.zeros((1, 3), np.int64)
    vectors, *_, complete = pareto(
        np.searchsorted(tail, nodes), head, tail, np.searchsorted(head[back], nodes), back, cost,
        np.ones(len(tail), bool), np.array([origin]), zero, np.array([destination]), zero, 10**7,
    )  # fmt: skip
    assert complete
    return [row[:criteria] for row in vectors.tolist()]


@pytest.mark.parametrize(("size", "golden"), [("small", ".csv"), ("medium", ".csv.gz")])
def test_every_recorded_front_is_found_exactly(folder: Path, size: str, golden: str) -> None:
    arcs: dict[str, list[Row]] = defaultdict(list)
    for row in read(folder / f"arcs_{size}.csv"):
        arcs[row["instance"]].append(row)
    expected: dict[Key, list[list[int]]] = defaultdict(list)
    for row in read(folder / f"golden_pareto_{size}{golden}"):
        criteria = int(row["objectives"])
        ends = (row["instance"], int(row["origin"]), int(row["destination"]), criteria)
        expected[ends].append([int(row[f"c{k}"]) for k in range(1, criteria + 1)])
    wrong: list[Any] = []
    questions = read(folder / f"queries_{size}.csv")
    for row in questions:
        for criteria in (2, 3):
            ends = (row["instance"], int(row["origin"]), int(row["destination"]), criteria)
            found = front(arcs[ends[0]], *ends[1:])
            assert len(found) == int(row[f"pareto_vectors_{criteria}obj"])
            if sorted(found) != sorted(expected[ends]):
                wrong.append(ends)
    assert not wrong
    assert len(questions) == {"small": 95, "medium": 17}[size]


def test_the_network_of_a_text_book(folder: Path) -> None:
    rows = read(folder / "golden_textbook_ehrgott_2005.csv")
    expected = sorted([int(row["c1"]), int(row["c2"])] for row in rows)
    assert front(read(folder / "textbook_ehrgott_2005_arcs.csv"), 1, 6, 2) == expected
