"""A frozen column store: the tables of a study, without pandas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from opencorridor.study.schema import TableSchema, load_schema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Array", "Table", "own", "text_column"]

Array = npt.NDArray[Any]


def _freeze(values: Any, numeric: bool) -> Array:
    """Return ``values`` as a read-only float64 or object array (a copy unless already frozen)."""
    if numeric:
        if isinstance(values, np.ndarray) and values.dtype == np.float64:
            array = values if not values.flags.writeable else values.copy()
        else:
            array = np.array(
                [np.nan if v is None or v == "" else float(v) for v in values], dtype=np.float64
            )
    elif isinstance(values, np.ndarray) and values.dtype == object and not values.flags.writeable:
        array = values
    else:
        cells = values if isinstance(values, list) else list(values)
        if not set(map(type, cells)) <= {str}:
            cells = ["" if v is None else v if type(v) is str else _text(v) for v in cells]
        array = text_column(cells)
    array.flags.writeable = False
    return array


def text_column(cells: list[str]) -> Array:
    """Return text cells as a read-only object array."""
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return own(array)


def own(values: Array) -> Array:
    """Return a fresh column read-only, so that a table takes it without a copy."""
    values.flags.writeable = False
    return values


def _text(value: Any) -> str:
    """Return a non-string cell as text: whole floats without ``.0``, booleans as 1 and 0."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)


class Table:
    """Rows of one table of a study, by column; frozen.

    ``table["column"]`` is a read-only array of length ``n``: float64 with NaN for blank where the
    schema says number or integer, else an object array of ``str`` with ``""`` for blank.

    Parameters
    ----------
    name
        Name of the table in the schema.
    data
        One sequence per column; columns that the schema has and ``data`` lacks are blank, or the
        schema's default.
    schema
        Schema of the table; by default that of ``name``.
    parts
        ``(file name, number of rows)`` of the files that the rows were read from, in order.
    """

    __slots__ = ("_data", "n", "name", "parts", "schema")

    def __init__(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        schema: TableSchema | None = None,
        parts: Sequence[tuple[str, int]] = (),
    ) -> None:
        schema = schema or load_schema()[name]
        data = data or {}
        unknown = set(data) - set(schema.names)
        if unknown:
            raise KeyError(f"table {name} has no column {', '.join(sorted(unknown))}")
        n = len(next(iter(data.values()))) if data else 0
        columns: dict[str, Array] = {}
        for column in schema.columns:
            values = data.get(column.name)
            if values is None:
                values = [column.default] * n
            columns[column.name] = _freeze(values, column.numeric)
            if len(columns[column.name]) != n:
                raise ValueError(f"table {name}: column {column.name} has not {n} values")
        self._data = columns
        self.name = name
        self.n = n
        self.schema = schema
        self.parts: tuple[tuple[str, int], ...] = tuple(parts)

    @classmethod
    def from_rows(
        cls, name: str, rows: Sequence[Mapping[str, Any]], schema: TableSchema | None = None
    ) -> Table:
        """Make a table from one mapping per row; absent, None and blank cells take the default.

        Cells are not validated here: ``check`` and ``open_study`` do that.
        """
        schema = schema or load_schema()[name]
        unknown = {key for row in rows for key in row} - set(schema.names)
        if unknown:
            raise KeyError(f"table {name} has no column {', '.join(sorted(unknown))}")
        data = {
            c.name: [c.default if row.get(c.name) in (None, "") else row[c.name] for row in rows]
            for c in schema.columns
        }
        return cls(name, data, schema)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns in the order of the schema."""
        return self.schema.names

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, column: str) -> Array:
        try:
            return self._data[column]
        except KeyError:
            raise KeyError(f"table {self.name} has no column {column}") from None

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {self.n} rows, {len(self._data)} columns)"

    def row(self, i: int) -> dict[str, Any]:
        """Return row ``i`` (from 0) as a plain dict of float and str."""
        return {
            name: float(values[i]) if values.dtype == np.float64 else values[i]
            for name, values in self._data.items()
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield every row as a plain dict of float and str."""
        lists = {name: values.tolist() for name, values in self._data.items()}
        for i in range(self.n):
            yield {name: values[i] for name, values in lists.items()}

    def among(self, column: str, values: Collection[str]) -> npt.NDArray[np.bool_]:
        """Return which rows have one of the texts in a column."""
        wanted = frozenset(values)
        return np.fromiter(map(wanted.__contains__, self[column].tolist()), bool, self.n)

    def where(self, mask: Array) -> Table:
        """Return the rows picked by a boolean mask or by row numbers."""
        return Table(self.name, {k: own(v[mask]) for k, v in self._data.items()}, self.schema)

    def with_column(self, name: str, values: Any) -> Table:
        """Return the same rows with one column replaced (length ``n``)."""
        return self.with_columns({name: values})

    def with_columns(self, values: Mapping[str, Any]) -> Table:
        """Return the same rows with several columns replaced (each of length ``n``)."""
        new = object.__new__(Table)
        new.name, new.n, new.schema, new.parts = self.name, self.n, self.schema, self.parts
        data = dict(self._data)
        for name, column in values.items():
            if len(column) != self.n:
                raise ValueError(f"table {self.name}: column {name} has not {self.n} values")
            data[name] = _freeze(column, self[name].dtype == np.float64)
        new._data = data
        return new

    def concat(self, rows: Table | Sequence[Mapping[str, Any]]) -> Table:
        """Return this table with rows added at its end."""
        other = rows if isinstance(rows, Table) else Table.from_rows(self.name, rows, self.schema)
        data = {k: own(np.concatenate([v, other[k]])) for k, v in self._data.items()}
        return Table(self.name, data, self.schema)

    def locate(self, i: int) -> tuple[str, int | None]:
        """Return the file of row ``i`` (from 0) and its row there (the header is row 1)."""
        start = 0
        for file, count in self.parts:
            if i < start + count:
                return file, i - start + 2
            start += count
        return "", None

    def to_pandas(self) -> pd.DataFrame:
        """Return a copy as a pandas DataFrame (imports pandas on first use)."""
        import pandas as pd

        return pd.DataFrame({name: values.copy() for name, values in self._data.items()})
