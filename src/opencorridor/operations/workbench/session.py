"""What a server keeps in memory of one study: read once, shared by all requests.

Every part is loaded when it is first asked for, each behind a lock of its own, so that a long
first load of the model never holds up a route.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from opencorridor.operations.workbench.results import Stored, last
from opencorridor.study import OpenCorridorError, Study, open_study
from opencorridor.study.cache import code_version
from opencorridor.study.places import place_index

# The engines load with the first question that needs them: a server answers before.
if TYPE_CHECKING:
    from opencorridor.operations.pack import Pack
    from opencorridor.scenario.model import Model
    from opencorridor.scenario.state import Baseline

__all__ = ["Kept", "Lazy", "Session", "session_of"]

T = TypeVar("T")


class Lazy(Generic[T]):
    """A value that is made once, by whoever asks first; the others wait."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._found: list[T] = []

    def __call__(self) -> T:
        """Return the value."""
        if not self._found:
            with self._lock:
                if not self._found:
                    self._found.append(self._make())
        return self._found[0]


class Kept(Generic[T]):
    """A few values by key: the one that was not used for the longest time goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Lazy[T]] = OrderedDict()

    def has(self, key: Hashable) -> bool:
        """Whether a value of a key is kept, or being made."""
        with self._lock:
            return key in self._found

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made if it is not there; two that ask at once make it once."""
        with self._lock:
            slot = self._found.setdefault(key, Lazy(make))
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        try:
            return slot()
        except BaseException:
            # What failed is tried again by the next that asks.
            with self._lock:
                if self._found.get(key) is slot:
                    del self._found[key]
            raise


class Session:
    """One study with everything that answers need, loaded as needed.

    Parameters
    ----------
    study
        Name, folder or study.

    Attributes
    ----------
    solving
        Held while the model is worked with: its caches are not made for several threads.
    """

    def __init__(self, study: str | Path | Study) -> None:
        self._study = Lazy(lambda: open_study(study) if isinstance(study, str | Path) else study)
        self._pack = Lazy(self._open_pack)
        self._model = Lazy(self._load_model)
        self._base = Lazy(self._solve_base)
        self._code = Lazy(code_version)
        self._kept: dict[str, Kept[Any]] = {}
        self._lock = threading.Lock()
        self.solving = threading.RLock()

    @property
    def study(self) -> Study:
        """The study as it was when it was first asked for."""
        return self._study()

    @property
    def pack(self) -> Pack:
        """Graph, names and places."""
        return self._pack()

    @property
    def model(self) -> Model:
        """Model with the ways that all searches found."""
        return self._model()

    @property
    def base(self) -> Baseline:
        """Baseline of the model."""
        return self._base()

    @property
    def code(self) -> str:
        """Text that changes with the program."""
        return self._code()

    def _load_model(self) -> Model:
        from opencorridor.scenario.store import load_model

        return load_model(self.study)

    def _open_pack(self) -> Pack:
        from opencorridor.operations.pack import open_pack, pack_of

        study = self.study
        if study.folder is not None:
            found = open_pack(study.folder)
            # The files may have changed since the study was read.
            if found.study_hash == study.hash:
                return replace(found, opened=[study])
        return pack_of(study)

    def _solve_base(self) -> Baseline:
        from opencorridor.scenario.prices import prices
        from opencorridor.scenario.state import baseline

        study, model = self.study, self.model
        with self.solving:
            return baseline(model, prices(model, study, study.settings.baseline_date))

    def kept(self, kind: str, most: int) -> Kept[Any]:
        """Return the values kept of one kind."""
        with self._lock:
            return self._kept.setdefault(kind, Kept(most))

    def last_run(self) -> Stored | None:
        """Return the last stored run of the study, if there is one."""
        return last(self.study)

    def warm(self) -> None:
        """Load everything, so that the first question is answered as fast as the second.

        What is wrong with the study is left for the first question to tell.
        """
        # These build on the session: they can be named only when it is there. First what a page
        # shows, then what a question asks for: the engines take seconds to load.
        from opencorridor.operations.workbench import layers

        with contextlib.suppress(OpenCorridorError):
            place_index(self.study)
            for name in layers.LAYERS:
                layers.layer(self, name)
            self._warm_routes()
            _ = self.base
            self._warm_trade()

    def _warm_trade(self) -> None:
        # Last: gravity on the world takes seconds, and only one page asks for it.
        from opencorridor.operations.levers import LeversAsk, turn
        from opencorridor.operations.potential import potential
        from opencorridor.operations.trade_world import trade_world

        potential(self)
        turn(self, LeversAsk())
        # The answer above may come from the cache: estimates are for the next pair.
        made = trade_world(self)
        _ = (made.by_sector, made.variants)

    def _warm_routes(self) -> None:
        # A whole question: on a new machine the search has to be compiled, which takes a minute.
        from opencorridor.operations.workbench import routes

        zones = self.study["zone"]["zone_id"]
        if len(zones) > 1:
            ends = (f"zone:{zones[0]}", f"zone:{zones[-1]}")
            routes.find(self, routes.RouteQuery(*ends))


_SESSIONS: Kept[Session] = Kept(4)


def session_of(study: str | Path) -> Session:
    """Return the session of a study by name or folder: one for all requests of the process."""
    return _SESSIONS.get(str(study), lambda: Session(study))
