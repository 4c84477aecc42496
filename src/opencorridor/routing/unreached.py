"""Why pairs of zones have no way: what, lifted by itself, would open one.

Reasons are tried in the order in which a route without a way names what opens one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from opencorridor.network import MODES
from opencorridor.routing.masks import mode_mask
from opencorridor.routing.priced import PricedGraph
from opencorridor.routing.ruled import NO_RULES, Rules
from opencorridor.routing.rules import Ban
from opencorridor.routing.skimming import (
    CLOSED,
    NO_DESTINATION,
    NO_FORM,
    NO_MODE,
    NO_ORIGIN,
    NO_WAY,
    REASONS,
    SEVERAL,
    bars_of,
    reached,
)
from opencorridor.routing.wanted import Wanted, presence

__all__ = ["explain"]

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Trial:
    """A question with something lifted: its code, or the text that becomes one."""

    said: int | str
    wanted: Wanted
    rules: Rules
    removed: Mapping[str, Bools] = field(default_factory=dict)
    opened: Bools | None = None


def _lifted(wanted: Wanted, rules: Rules, removed: Mapping[str, Bools]) -> Iterator[_Trial]:
    """Yield what is avoided, then every rule, lifted by itself."""
    for name in removed:
        rest = {k: v for k, v in removed.items() if k != name}
        yield _Trial(f"avoided: a way exists through {name}", wanted, rules, rest)
    for country in wanted.no_transit:
        others = tuple(c for c in wanted.no_transit if c != country)
        asked = replace(wanted, no_transit=others)
        yield _Trial(f"no transit: a way exists through {country}", asked, rules, removed)
    for ban in rules.bans:
        without = replace(rules, bans=tuple(b for b in rules.bans if b is not ban))
        yield _Trial(_forbidden(ban), wanted, without, removed)
    for one in rules.trade:
        without = replace(rules, trade=tuple(t for t in rules.trade if t is not one))
        yield _Trial(_forbidden(one.ban), wanted, without, removed)


def _forbidden(ban: Ban) -> str:
    return f"forbidden by {ban.kind} rule: {ban.name}"


def _trials(
    priced: PricedGraph, wanted: Wanted, rules: Rules, removed: Mapping[str, Bools]
) -> Iterator[_Trial]:
    """Yield the questions in order; of all that open a way the first is the reason."""
    every = np.ones(priced.graph.n_arcs, bool)
    yield from _lifted(wanted, rules, removed)
    other = "bulk" if wanted.cargo == "container" else "container"
    yield _Trial(NO_FORM, replace(wanted, cargo=other), rules, removed)
    for shut in rules.shut:
        left = tuple(s for s in wanted.shut if s is not shut)
        asked = replace(wanted, shut=left)
        yield _Trial(f"closed: {shut.why}", asked, rules, removed, priced.graph.open | shut.arcs)
    asked = replace(wanted, shut=())
    yield _Trial(CLOSED, asked, rules, removed, every)
    yield _Trial(NO_MODE, replace(wanted, modes=MODES), rules, removed)
    yield _Trial(SEVERAL, Wanted(wanted.cargo), NO_RULES, {}, every)


def _present(priced: PricedGraph, trial: _Trial) -> tuple[PricedGraph, Codes]:
    if trial.opened is not None:
        # Tariff layers that do not hold are no ways to open: the railway itself is there.
        layers = priced.graph.tariff >= 0
        on = np.where(layers, priced.graph.open, trial.opened)
        priced = replace(priced, graph=priced.graph.with_open(on))
    can = priced.graph.carries(trial.wanted.cargo) & priced.usable
    asked = replace(trial.wanted, bans=trial.rules.bans)
    return priced, presence(priced, can, asked, trial.removed.values())


def _access(priced: PricedGraph, wanted: Wanted) -> tuple[Bools, Bools]:
    """Return for every zone whether it has an arc out, and an arc in, by the modes asked for."""
    graph = priced.graph
    on = graph.carries(wanted.cargo) & priced.usable & graph.open & mode_mask(graph, wanted.modes)
    out, into = np.zeros(graph.n_nodes, bool), np.zeros(graph.n_nodes, bool)
    out[graph.tail[on]] = True
    into[graph.head[on]] = True
    return out[graph.zone_node], into[graph.zone_node]


def explain(
    priced: PricedGraph,
    wanted: Wanted,
    rules: Rules,
    removed: Mapping[str, Bools],
    missing: Bools,
) -> tuple[Codes, tuple[str, ...]]:
    """Find the reason of every missing pair.

    Parameters
    ----------
    priced
        The graph.
    wanted, rules, removed
        The question; ``wanted.bans`` and ``wanted.shut`` are those of the rules.
    missing
        bool[Z, Z]: pairs without a way.

    Returns
    -------
    reason : uint8[Z, Z]
        0 for pairs that are not missing.
    reasons : tuple of str
        Texts of the codes: ``REASONS`` and what was met here.
    """
    reason = np.where(missing, NO_WAY, 0).astype(np.uint8)
    texts = list(REASONS)
    out, into = _access(priced, wanted)
    reason[missing & ~into[None, :]] = NO_DESTINATION
    reason[missing & ~out[:, None]] = NO_ORIGIN
    left = reason == NO_WAY
    for trial in _trials(priced, wanted, rules, removed):
        if not left.any():
            break
        graph, present = _present(priced, trial)
        way = reached(graph, present, bars_of(graph.graph, trial.rules, present), left)
        if way.any():
            reason[way] = _code(texts, trial.said)
            left &= ~way
    return reason, tuple(texts)


def _code(texts: list[str], said: int | str) -> int:
    """Return a code; a text that is new gets the next one, as long as there is room."""
    if isinstance(said, int):
        return said
    text = said.replace("; ", ", ")
    if text not in texts:
        if len(texts) > np.iinfo(np.uint8).max:
            return SEVERAL
        texts.append(text)
    return texts.index(text)
