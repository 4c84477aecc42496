"""The question put to the levers of a pair: checked, with what the pair bears now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from opencorridor.operations.pair_costs import (
    Lever,
    PairBand,
    delivered_of,
    levers_of,
    pair_costs,
)
from opencorridor.operations.trade_world import last_year, pair_of, trade_world
from opencorridor.scenario.delivered import Delivered
from opencorridor.study import OpenCorridorError, Problem
from opencorridor.study.errors import suggest
from opencorridor.trade.levers import PairCosts, phased, tau_parts

if TYPE_CHECKING:
    from opencorridor.operations.workbench.session import Session

__all__ = ["LeversAsk", "Question", "question_of"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LeversAsk:
    """Values of levers by id; ``year`` None is the economy of the baseline, levers in full."""

    pair: tuple[str, str] | None = None
    levers: tuple[tuple[str, float], ...] = ()
    year: int | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """What is turned, on which pair, at which costs."""

    pair: tuple[str, str]
    at: tuple[int, int]
    levers: Mapping[str, Lever]
    after: Mapping[str, float]
    costs: PairBand
    way: Delivered

    @property
    def before(self) -> dict[str, float]:
        """Where the levers that move stand now, by kind."""
        return {kind: self.levers[kind].now for kind in self.after}

    def share_in(self, year: int | None) -> dict[str, float]:
        """Return the share of each lever's change that is made by a year; None: all of it."""
        if year is None:
            return dict.fromkeys(self.after, 1.0)
        out = {}
        for kind in self.after:
            lever = self.levers[kind]
            done = (year - lever.from_year + 1) / max(lever.phase_in_years, 1.0)
            out[kind] = float(np.clip(done, 0.0, 1.0))
        return out

    def parts(self, costs: PairCosts, year: int | None) -> dict[str, Floats]:
        """Return the log change of trade costs by kind of lever ``[..., S, 2]``."""
        return tau_parts(costs, self.before, phased(self.before, self.after, self.share_in(year)))


def question_of(session: Session, ask: LeversAsk) -> Question:
    """Return the question with everything checked, all problems at once."""
    study = session.study
    problems: list[Problem] = []
    last = last_year(session.study)
    first = study.settings.baseline_year
    if ask.year is not None and not first <= ask.year <= last:
        problems.append(
            Problem("year_range", f"{ask.year} has no growth path", column="year",
                    value=str(ask.year), expected=f"{first} to {last}")
        )  # fmt: skip
    try:
        pair = pair_of(study, ask.pair or study.settings.pair, ("pair.0", "pair.1"))
    except OpenCorridorError as error:
        raise OpenCorridorError([*error.problems, *problems]) from None
    world_of, way = trade_world(session), delivered_of(session, pair)
    sectors = world_of.matrix.sectors
    costs = pair_costs(study, pair, sectors, way)
    levers = {one.lever_id: one for one in levers_of(study, pair, sectors, way)}
    problems += _check(ask.levers, levers)
    if problems:
        raise OpenCorridorError(problems)
    moved = {levers[name].kind: value for name, value in ask.levers if value != levers[name].now}
    at = (world_of.matrix.index(pair[0]), world_of.matrix.index(pair[1]))
    by_kind = {one.kind: one for one in levers.values()}
    return Question(pair, at, by_kind, moved, costs, way)


def _check(asked: Sequence[tuple[str, float]], levers: Mapping[str, Lever]) -> list[Problem]:
    problems, seen = [], set()
    for n, (name, value) in enumerate(asked):
        field = f"levers.{n}"
        if name not in levers:
            text, mend = f"there is no lever {name}", suggest(name, list(levers))
            problems.append(
                Problem("unknown_lever", text, column=f"{field}.lever_id", value=name, mend=mend,
                        expected=", ".join(levers))
            )  # fmt: skip
            continue
        if name in seen:
            problems.append(
                Problem("lever_twice", f"{name} stands twice", column=f"{field}.lever_id",
                        value=name, expected="each lever once")
            )  # fmt: skip
        seen.add(name)
        one = levers[name]
        if not one.minimum <= value <= one.maximum:
            problems.append(
                Problem("lever_range", f"{name} cannot be {value:g}", column=f"{field}.value",
                        value=f"{value:g}",
                        expected=f"{one.minimum:g} to {one.maximum:g} {one.unit}")
            )  # fmt: skip
    return problems
