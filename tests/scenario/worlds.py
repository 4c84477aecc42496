"""Worlds for the tests of the chain, built once a session and shared by all rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from opencorridor.network.kernels.threads import use_threads
from opencorridor.scenario.measures import apply
from opencorridor.scenario.model import Model
from opencorridor.scenario.path import pair_trade
from opencorridor.scenario.prices import Prices, prices
from opencorridor.scenario.state import Baseline, State, baseline, run_state
from opencorridor.scenario.store import load_model
from opencorridor.study import Study, open_study

__all__ = ["World", "changed", "teaching_world", "world_of"]


@dataclass(frozen=True)
class World:
    """A study with its model and its baseline."""

    study: Study
    model: Model
    prices: Prices
    base: Baseline

    @property
    def day(self) -> str:
        return self.study.settings.baseline_date

    def state(self, study: Study | None = None, **settings: Any) -> State:
        """State of a variant of the study on the baseline's economy."""
        priced = prices(self.model, study or self.study, self.day)
        return run_state(self.model, priced, self.base, self.model.flows, **settings)

    def with_measures(self, *names: str, **settings: Any) -> State:
        return self.state(apply(self.study, names), **settings)

    def pair(self, state: State) -> float:
        """Trade of the pair, constant US$."""
        return sum(pair_trade(self.model, state.flows))

    def at(self, capacity_id: str) -> int:
        return self.model.places.capacity_id.index(capacity_id)


def world_of(study: Study) -> World:
    """World of a study; small models are not worth the waking of threads."""
    use_threads(1)
    model = load_model(study)
    priced = prices(model, study, study.settings.baseline_date)
    return World(study, model, priced, baseline(model, priced))


@cache
def teaching_world() -> World:
    return world_of(open_study("teaching"))


def changed(study: Study, table: str, rows: Any, **values: Any) -> Study:
    """Study with columns of the given rows (a mask, or ids of the first column) changed."""
    old = study[table]
    mask = np.isin(old[old.columns[0]].astype(str), rows) if isinstance(rows, list) else rows
    assert mask.any()
    new = {}
    for column, value in values.items():
        cells = old[column].copy()
        cells[mask] = value(cells[mask]) if callable(value) else value
        new[column] = cells
    return study.replace({table: old.with_columns(new)})


def added(study: Study, table: str, rows: Sequence[dict[str, Any]] | Iterable[Any]) -> Study:
    """Study with rows added."""
    return study.replace({table: study[table].concat(list(rows))})
