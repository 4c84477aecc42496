"""Settings of a study, read from ``study.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from opencorridor.study.errors import Problem, suggest
from opencorridor.study.files import SETTINGS_FILE
from opencorridor.study.schema import FORMAT_VERSION

__all__ = ["Defaults", "PrintedRoute", "Run", "Settings", "Side", "Target",
           "Tariffs", "parse_settings"]  # fmt: skip

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOP = {
    "id", "title", "format_version", "baseline_date", "price_year", "carbon_price_usd_per_t",
    "target", "pair", "default", "run", "routes", "description", "licence", "tariffs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """Target of one side: ``usd`` current dollars of trade; ``stage`` in words."""

    side: str
    usd: float
    stage: str = ""
    source: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Trade of the pair to be reached: current US$ in a year, and what each side named."""

    usd: float
    year: int
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Defaults:
    """Cargo assumed where none is asked for, echoed with every answer."""

    commodity: str = ""
    unit: str = "t"
    cargo: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Settings of a run: seed and number of draws; others in ``extra``."""

    seed: int = 1
    draws: int = 200
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, name: str, default: Any = None) -> Any:
        """Return any setting of ``[run]`` by name."""
        return getattr(self, name) if name in ("seed", "draws") else self.extra.get(name, default)

    def __reduce__(self) -> tuple[object, ...]:
        return Run, (self.seed, self.draws, dict(self.extra))


@dataclass(frozen=True, slots=True)
class Tariffs:
    """What is assumed where tariffs differ: ``wagons`` are private or common."""

    wagons: str = "private"


@dataclass(frozen=True, slots=True)
class PrintedRoute:
    """A route that ``run`` prints."""

    origin: str
    destination: str
    commodity: str = ""
    unit: str = ""
    modes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a study.

    ``baseline_date`` is ISO 8601 text; ``price_year`` the year of constant dollars; ``pair`` the
    two countries whose trade is the question.
    """

    id: str
    title: str = ""
    format_version: int = FORMAT_VERSION
    baseline_date: str = "2024-12-31"
    price_year: int = 2024
    pair: tuple[str, str] = ("", "")
    target: Target | None = None
    default: Defaults = Defaults()
    run: Run = Run()
    carbon_price_usd_per_t: float = 0.0
    routes: tuple[PrintedRoute, ...] = ()
    description: str = ""
    licence: str = ""
    tariffs: Tariffs = Tariffs()

    @property
    def baseline_year(self) -> int:
        """Year of ``baseline_date``."""
        return int(self.baseline_date[:4])

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as nested plain values, in the shape of ``study.toml``."""
        found: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "format_version": self.format_version,
            "baseline_date": self.baseline_date,
            "price_year": self.price_year,
            "carbon_price_usd_per_t": self.carbon_price_usd_per_t,
        }
        for name in ("description", "licence"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        found["pair"] = {"a": self.pair[0], "b": self.pair[1]}
        default = {"commodity": self.default.commodity, "unit": self.default.unit}
        found["default"] = default | ({"cargo": self.default.cargo} if self.default.cargo else {})
        if self.tariffs != Tariffs():
            found["tariffs"] = {"wagons": self.tariffs.wagons}
        found["run"] = {"seed": self.run.seed, "draws": self.run.draws, **self.run.extra}
        if self.target:
            found["target"] = {"usd": self.target.usd, "year": self.target.year}
            found["target"]["sides"] = [_side_dict(side) for side in self.target.sides]
        if self.routes:
            found["routes"] = {"print": [_route_dict(route) for route in self.routes]}
        return found


def _side_dict(side: Side) -> dict[str, Any]:
    values = {"side": side.side, "usd": side.usd, "stage": side.stage, "source": side.source}
    return values | ({"year": side.year} if side.year is not None else {})


def _route_dict(route: PrintedRoute) -> dict[str, Any]:
    values: dict[str, Any] = {"from": route.origin, "to": route.destination}
    if route.commodity:
        values["commodity"] = route.commodity
    if route.unit:
        values["unit"] = route.unit
    if route.modes:
        values["modes"] = list(route.modes)
    return values


class _Reader:
    """Takes typed values out of nested TOML and gathers what is wrong with them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[Problem] = []

    def bad(self, code: str, message: str, key: str, expected: str = "", mend: str = "") -> None:
        self.problems.append(
            Problem(code, message, "study", SETTINGS_FILE, None, key, "", expected, mend)
        )

    def take(
        self, path: str, kind: type | tuple[type, ...], default: Any, needed: bool = False
    ) -> Any:
        here: Any = self.data
        for part in path.split("."):
            here = here.get(part) if isinstance(here, Mapping) else None
        if here is None:
            if needed:
                self.bad("missing_setting", f"{path} is missing", path, mend=f"add {path} = ...")
            return default
        if path == "baseline_date" and hasattr(here, "isoformat"):
            here = here.isoformat()[:10]
        if not isinstance(here, kind) or isinstance(here, bool):
            self.bad("wrong_setting", f"{path} is {here!r}", path, _kind_name(kind))
            return default
        return here


def _kind_name(kind: type | tuple[type, ...]) -> str:
    names = {str: "text in quotes", int: "a whole number", float: "a number", Mapping: "a table"}
    return names.get(kind if isinstance(kind, type) else kind[-1], "a list")


def _target(reader: _Reader) -> Target | None:
    if "target" not in reader.data:
        return None
    usd = float(reader.take("target.usd", (int, float), 0.0, needed=True))
    year = int(reader.take("target.year", int, 0, needed=True))
    sides = []
    for item in reader.take("target.sides", list, []):
        if not isinstance(item, Mapping) or "side" not in item or "usd" not in item:
            reader.bad("wrong_setting", f"target.sides has {item!r}", "target.sides",
                       "{side = ..., usd = ..., stage = ..., source = ...}")  # fmt: skip
            continue
        year_ = item.get("year")
        sides.append(
            Side(
                str(item["side"]),
                float(item["usd"]),
                str(item.get("stage", "")),
                str(item.get("source", "")),
                int(year_) if year_ is not None else None,
            )
        )
    return Target(usd, year, tuple(sides))


def _routes(reader: _Reader) -> tuple[PrintedRoute, ...]:
    raw = reader.data.get("routes", [])
    if isinstance(raw, Mapping):
        raw = raw.get("print", [])
    found = []
    for item in raw:
        if isinstance(item, list) and len(item) >= 2:
            words = [str(part) for part in item[:4]] + ["", ""]
            found.append(PrintedRoute(words[0], words[1], words[2], words[3]))
        elif isinstance(item, Mapping) and "from" in item and "to" in item:
            modes = item.get("modes", [])
            modes = modes.split(",") if isinstance(modes, str) else modes
            found.append(
                PrintedRoute(
                    str(item["from"]),
                    str(item["to"]),
                    str(item.get("commodity", "")),
                    str(item.get("unit", "")),
                    tuple(str(mode) for mode in modes),
                )
            )
        else:
            reader.bad("wrong_setting", f"routes has {item!r}", "routes", "{from = ..., to = ...}")
    return tuple(found)


def parse_settings(text: str) -> tuple[Settings, list[Problem]]:
    """Read settings from the text of ``study.toml``.

    Returns
    -------
    settings, problems
        Where problems are found the settings hold defaults in their place.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem("broken_settings", str(error), "study", SETTINGS_FILE, mend="mend it")
        return Settings(""), [problem]
    reader = _Reader(data)
    for key in data:
        if key not in _TOP:
            reader.bad("unknown_setting", f"unknown setting {key}", key, mend=suggest(key, _TOP))
    take = reader.take
    run = dict(take("run", Mapping, {}))
    settings = Settings(
        id=take("id", str, "", needed=True),
        title=take("title", str, "", needed=True),
        format_version=take("format_version", int, FORMAT_VERSION),
        baseline_date=take("baseline_date", str, "1970-01-01", needed=True),
        price_year=take("price_year", int, 1970, needed=True),
        pair=(take("pair.a", str, "", needed=True), take("pair.b", str, "", needed=True)),
        target=_target(reader),
        default=Defaults(
            take("default.commodity", str, "", needed=True),
            take("default.unit", str, "t"),
            take("default.cargo", str, ""),
        ),
        run=Run(
            take("run.seed", int, 1),
            take("run.draws", int, 200),
            MappingProxyType({k: v for k, v in run.items() if k not in ("seed", "draws")}),
        ),
        carbon_price_usd_per_t=float(take("carbon_price_usd_per_t", (int, float), 0.0)),
        routes=_routes(reader),
        description=take("description", str, ""),
        licence=take("licence", str, ""),
        tariffs=Tariffs(take("tariffs.wagons", str, "private")),
    )
    if settings.tariffs.wagons not in ("private", "common"):
        reader.bad("wrong_setting", f"tariffs.wagons is {settings.tariffs.wagons!r}",
                   "tariffs.wagons", "private or common")  # fmt: skip
    if not _DATE.fullmatch(settings.baseline_date):
        reader.bad("wrong_setting", f"baseline_date is {settings.baseline_date!r}", "baseline_date",
                   "a date such as 2024-12-31")  # fmt: skip
    if settings.format_version > FORMAT_VERSION:
        reader.bad("format_too_new", f"format_version {settings.format_version}", "format_version",
                   f"at most {FORMAT_VERSION}", "use a newer OpenCorridor")  # fmt: skip
    return settings, reader.problems
