"""Costs and sums from many places to many on any network, prepared once.

For networks whose arcs have one cost each, of any size: a hierarchy is built for the places that
trips may start and end at, then all of them to all of them is a matter of milliseconds a place.
The study's own graph, where the rate of an arc depends on the kind of flow, is skimmed by
:mod:`opencorridor.routing.skimming`.

``network = Network(n_node, tail, head, cost, {"time_h": hours, "km": km})``, then
``skim(prepared(network, ends), ends, ends)``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.routing.arcs import Network, check
from opencorridor.study.cache import code_version, load_arrays, save_arrays
from opencorridor.study.errors import Problem, raise_if

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Hierarchy", "Network", "build", "prepared", "skim", "straight"]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]

# Chosen by measurement on the raw roads and railways of the world (docs/decisions/020).
CORE = 4000
WITNESS_LIMIT = 100
ROOM = 3


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A network prepared for trips between its ends: what lies above them, the core first.

    Attributes
    ----------
    ends, place
        int64[E], ascending node numbers of the network, and their numbers in here.
    first, to
        Lists of neighbours (CSR).
    out_cost, out_row, in_cost, in_row
        Of each entry, cost of the arc to the neighbour and of that from it (infinite: none), and
        their rows in ``quantity``.
    quantity
        float64[R, Q].
    names
        Of the Q quantities.
    n_core
        Nodes that were not taken out.
    """

    ends: Ints
    place: Ints
    first: Ints
    to: Indices
    out_cost: Floats
    out_row: Indices
    in_cost: Floats
    in_row: Indices
    quantity: Floats
    names: tuple[str, ...]
    n_core: int


@dataclass(frozen=True, eq=False)
class _Straight:
    """A mesh of K nodes without chains; its arcs are rows of ``quantity``."""

    mesh: tuple[Array, ...]
    two_way: bool
    node: Ints
    quantity: Floats


def _rows(arcs: Array, *tables: Floats) -> Floats:
    """Return the rows of the arcs named, in a row; in place, give the arcs their new numbers."""
    used = np.zeros(sum(map(len, tables)), bool)
    used[arcs[arcs >= 0]] = True
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    arcs[:] = np.where(arcs >= 0, number[arcs], -1)
    parts, begin = [], 0
    for table in tables:
        parts.append(table[used[begin : begin + len(table)]])
        begin += len(table)
    return np.concatenate(parts)


def _side_by_side(net: tuple[Array, ...]) -> Indices:
    """Return new numbers of the nodes such that neighbours lie near each other in memory."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    n, m = len(net[0]), int(net[8][0])
    if not n:
        return np.zeros(0, np.int32)
    ones = np.ones(m, np.int8)
    order = reverse_cuthill_mckee(csr_matrix((ones, net[3][:m], np.append(net[0], m)), (n, n)))
    number = np.empty(n, np.int32)
    number[order] = np.arange(n, dtype=np.int32)
    return number


def _straight(network: Network, ends: Ints) -> _Straight:
    from opencorridor.routing.kernels import chains, mesh

    check(network, ends)
    n, n_arc, n_q = network.n_node, len(network.tail), len(network.quantities)
    tail, head = np.asarray(network.tail, np.int32), np.asarray(network.head, np.int32)
    cost, table = np.asarray(network.cost, np.float64), np.empty((n_arc, n_q))
    for q, values in enumerate(network.quantities.values()):
        table[:, q] = values
    two_way = bool(chains.symmetric(n, tail, head, cost, table))
    net = mesh.mesh(n, tail, head, cost, two_way)
    keep, gone = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    keep[ends] = True
    child = np.empty((2 * n, 2), np.int32)
    made = chains.straighten(net, two_way, keep, gone, child, n_arc)
    node = np.flatnonzero(~gone)
    number = np.full(n, -1, np.int32)
    number[node] = np.arange(len(node), dtype=np.int32)
    net = mesh.packed(net, number, two_way, 1)
    number = _side_by_side(net)
    net = mesh.packed(net, number, two_way, ROOM)
    place = np.empty(len(node), np.int64)
    place[number] = node
    shortcuts = chains.sums(child[:made], table, made)
    return _Straight(net, two_way, place, _arcs(net, two_way, table, shortcuts))


def _arcs(net: tuple[Array, ...], two_way: bool, *tables: Floats) -> Floats:
    """Return the quantities of the arcs of a mesh; in place, give the arcs their row numbers."""
    m = int(net[8][0])
    if two_way:
        return _rows(net[5][:m], *tables)
    both = np.concatenate((net[5][:m], net[7][:m]))
    quantity = _rows(both, *tables)
    net[5][:m], net[7][:m] = both[:m], both[m:]
    return quantity


def straight(network: Network, ends: Array) -> tuple[Network, Ints]:
    """Take out of a network what no trip between ``ends`` needs a choice at.

    Nodes with at most two neighbours, loops, and all but the cheapest of parallel arcs.

    Returns
    -------
    network, node
        The network that is left, costs between its nodes as before, and the numbers of its nodes
        in the network given.

    Raises
    ------
    OpenCorridorError
        Codes ``shape_mismatch``, ``bad_name``, ``bad_cost``, ``bad_quantity``, ``unknown_node``.
    """
    small = _straight(network, np.asarray(ends, np.int64))
    first, size, _, to, out_cost, out_arc = small.mesh[:6]
    m = int(small.mesh[8][0])
    tail = np.repeat(np.arange(len(first), dtype=np.int32), size)
    on = np.flatnonzero(np.isfinite(out_cost[:m]))
    sums = small.quantity[out_arc[:m][on]].T
    quantities = dict(zip(network.quantities, sums, strict=True))
    left = Network(len(first), tail[on], to[:m][on], out_cost[:m][on], quantities)
    return left, small.node


def build(network: Network, ends: Array, core: int = CORE) -> Hierarchy:
    """Prepare a network for trips between ``ends``.

    Parameters
    ----------
    network
        The network.
    ends
        Node numbers that trips may start and end at.
    core
        Nodes that are not taken out but searched: fewer take longer to prepare.

    Raises
    ------
    OpenCorridorError
        Codes ``shape_mismatch``, ``bad_name``, ``bad_cost``, ``bad_quantity``, ``unknown_node``.
    """
    from opencorridor.routing.kernels import chains, contraction, mesh, sweeps
    from opencorridor.routing.kernels.trees import usual_blocks

    ends = np.unique(np.asarray(ends, np.int64))
    small = _straight(network, ends)
    n_row = len(small.quantity)
    net, rank, child = contraction.contract(
        small.mesh, small.two_way, n_row, core, WITNESS_LIMIT, usual_blocks(len(small.node))
    )
    number = np.full(network.n_node, -1, np.int64)
    number[small.node] = np.arange(len(small.node))
    place = number[ends]
    over = np.flatnonzero(sweeps.above(net[0], net[1], net[3], rank, place))
    # The core first, then from the last that went to the first.
    over = over[np.argsort(np.where(rank[over] < 0, -len(rank), -rank[over]), kind="stable")]
    number = np.full(len(rank), -1, np.int32)
    number[over] = np.arange(len(over), dtype=np.int32)
    net = mesh.packed(net, number, small.two_way, 1)
    shortcuts = chains.sums(child, small.quantity, len(child))
    quantity = _arcs(net, small.two_way, small.quantity, shortcuts)
    m = int(net[8][0])
    return Hierarchy(
        ends,
        number[place].astype(np.int64),
        np.append(net[0], m),
        net[3][:m],
        net[4][:m],
        net[5][:m],
        net[6][:m],
        net[7][:m],
        quantity,
        tuple(network.quantities),
        int((rank < 0).sum()),
    )


def prepared(network: Network, ends: Array) -> Hierarchy:
    """Return the hierarchy of a network from the cache, built and kept where it is not there.

    Parameters and errors as for :func:`build`.
    """
    ends = np.unique(np.asarray(ends, np.int64))
    seen = hashlib.sha256()
    for name, values in (
        ("tail", network.tail),
        ("head", network.head),
        ("ends", ends),
        ("cost", network.cost),
        *network.quantities.items(),
    ):
        values = np.ascontiguousarray(values)
        seen.update(f"{name} {values.dtype} {values.shape} ".encode())
        seen.update(values.data)
    seen.update(f"{network.n_node} {CORE} {WITNESS_LIMIT}".encode())
    mark, key = seen.hexdigest(), f"hierarchy-{code_version()}"
    found = load_arrays(mark, key)
    if found is not None:
        meta = found.pop("meta")
        # Copies can be written to, as built ones can: code is compiled for one kind of array only.
        held = {name: values.copy() for name, values in found.items()}
        return Hierarchy(**held, names=tuple(meta["names"]), n_core=meta["n_core"])
    made = build(network, ends)
    arrays = {f.name: getattr(made, f.name) for f in fields(made)[:-2]}
    save_arrays(mark, key, arrays, {"names": made.names, "n_core": made.n_core})
    return made


def _places(hierarchy: Hierarchy, name: str, asked: Ints) -> tuple[Ints, list[Problem]]:
    at = np.searchsorted(hierarchy.ends, asked)
    at[at == len(hierarchy.ends)] = 0
    lost = asked if not len(hierarchy.ends) else asked[hierarchy.ends[at] != asked]
    if not len(lost):
        return hierarchy.place[at], []
    problem = Problem(
        code="unknown_node",
        message=f"the network was not prepared for {len(lost)} of the nodes",
        column=name,
        value=str(lost[0]),
        expected="one of the ends that it was prepared for",
        mend="prepare the network with these nodes among its ends",
    )
    return at, [problem]


def skim(hierarchy: Hierarchy, origins: Array, destinations: Array) -> xr.Dataset:
    """Return the costs of the cheapest ways and what they sum to.

    All quantities of a pair are those of one way.

    Parameters
    ----------
    hierarchy
        From :func:`build` or :func:`prepared`.
    origins, destinations
        Node numbers, among the ends that the network was prepared for.

    Returns
    -------
    xarray.Dataset
        ``cost`` and each quantity, float64 over origin and destination; NaN where there is no way.

    Raises
    ------
    OpenCorridorError
        Code ``unknown_node``.
    """
    import xarray as xr

    asked = np.asarray(origins, np.int64), np.asarray(destinations, np.int64)
    cost, sums = _skim(hierarchy, *asked)
    cost[np.isinf(cost)] = np.nan
    dims = ("origin", "destination")
    return xr.Dataset(
        {
            "cost": (dims, cost),
            **{n: (dims, s) for n, s in zip(hierarchy.names, sums, strict=True)},
        },
        coords=dict(zip(dims, asked, strict=True)),
    )


def _skim(hierarchy: Hierarchy, origins: Ints, destinations: Ints) -> tuple[Floats, Floats]:
    from opencorridor.routing.kernels import sweeps
    from opencorridor.routing.kernels.trees import usual_blocks

    start, lost = _places(hierarchy, "origins", origins)
    end, lost_too = _places(hierarchy, "destinations", destinations)
    raise_if([*lost, *lost_too])
    lists = (
        hierarchy.first, hierarchy.to, hierarchy.out_cost, hierarchy.out_row, hierarchy.in_cost,
        hierarchy.in_row,
    )  # fmt: skip
    cost, sums = sweeps.skim(
        lists, hierarchy.quantity, hierarchy.n_core, start, end, usual_blocks(len(start))
    )
    return cost, sums
