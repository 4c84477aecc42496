"""The frozen study: settings and tables, with a hash over canonical values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from opencorridor.study.errors import Problem
from opencorridor.study.hashing import hash_tables
from opencorridor.study.schema import load_schema
from opencorridor.study.settings import Settings
from opencorridor.study.table import Table

__all__ = ["Settings", "Study"]


@cache
def _empty(name: str) -> Table:
    return Table(name)


@dataclass(frozen=True, eq=False)
class Study:
    """Everything a run needs: frozen tables plus the settings of ``study.toml``.

    ``study["link"]`` is a table; every table of the schema is there, possibly without rows.
    Functions take a study and return new objects: nothing is written back.

    Parameters
    ----------
    settings
        Settings of the study.
    tables
        Tables by name; missing ones are added empty.
    folder
        Folder that it was read from, or None.
    notices
        What loading noticed and mended (no errors).
    fingerprint
        Fingerprint of the files, taken before they were read; blank after any change.
    """

    settings: Settings
    tables: Mapping[str, Table]
    folder: Path | None = None
    notices: tuple[Problem, ...] = field(default=(), repr=False)
    fingerprint: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        schema = load_schema()
        unknown = set(self.tables) - set(schema)
        if unknown:
            raise KeyError(f"the study format has no table {', '.join(sorted(unknown))}")
        full = {name: self.tables[name] if name in self.tables else _empty(name) for name in schema}
        object.__setattr__(self, "tables", MappingProxyType(full))

    @property
    def id(self) -> str:
        """Id of the study."""
        return self.settings.id

    @property
    def title(self) -> str:
        """Title of the study."""
        return self.settings.title

    def __getitem__(self, table: str) -> Table:
        try:
            return self.tables[table]
        except KeyError:
            raise KeyError(f"the study format has no table {table}") from None

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) over canonical values.

        It does not depend on file bytes, compression, parts, the formatting of numbers or the
        order of columns; any changed value, row or order of rows changes it.
        """
        return hash_tables(self.settings.as_dict(), self.tables)

    def replace(
        self, tables: Mapping[str, Table] | None = None, settings: Settings | None = None
    ) -> Study:
        """Return a copy with some tables, or the settings, replaced."""
        return replace(
            self,
            tables={**self.tables, **(tables or {})},
            settings=settings or self.settings,
            fingerprint="",
        )

    def __repr__(self) -> str:
        rows = sum(table.n for table in self.tables.values())
        filled = sum(1 for table in self.tables.values() if table.n)
        return f"Study({self.id!r}, {filled} tables, {rows} rows)"

    def __reduce__(self) -> tuple[object, ...]:
        # MappingProxyType does not pickle; workers are started by spawn.
        return type(self), (
            self.settings,
            dict(self.tables),
            self.folder,
            self.notices,
            self.fingerprint,
        )
