"""Reading numbers as people write them; the slow path of loading, with the value meant."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

__all__ = ["meant", "plain_float"]

_SIGN = r"[-+]?"
_COMMA_DECIMAL = re.compile(rf"{_SIGN}\d{{1,3}}(\.\d{{3}})*,\d+$|{_SIGN}\d+,\d+$")
_POINT_DECIMAL = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(,\d{{3}})+(\.\d+)?$")
_AMBIGUOUS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}$")
_PLAIN = re.compile(rf"{_SIGN}(\d+\.?\d*|\.\d+)([eE]{_SIGN}\d+)?$", re.ASCII)


def plain_float(cell: str) -> float | None:
    """Return the number of a cell written the plain way (``-1234.5``, ``1e6``), else None."""
    if not _PLAIN.match(cell):
        return None
    value = float(cell)
    return value if math.isfinite(value) else None


def _latin(cell: str) -> str:
    """Replace digits of any script, their separators, and spaces between digits."""
    digits = "".join(
        str(unicodedata.digit(ch)) if ch.isdecimal() and not ch.isascii() else ch for ch in cell
    )
    # Arabic decimal separator; Arabic thousands separator, apostrophes and spaces of all kinds.
    if "\u066b" in digits:
        digits = digits.replace("\u066c", "").replace(",", "").replace("\u066b", ".")
    digits = re.sub(r"(?<=\d)[\s\u00a0\u202f\u066c'’_](?=\d)", "", digits)
    return digits.strip().replace("\u2212", "-")


def _comma_is_decimal(cells: Sequence[str]) -> bool | None:
    """Say how a column writes numbers: comma decimal True, point decimal False, unclear None."""
    decimal = point = False
    for cell in cells:
        text = _latin(cell)
        if "," not in text or _AMBIGUOUS.match(text):
            continue
        decimal = decimal or bool(_COMMA_DECIMAL.match(text) and not _POINT_DECIMAL.match(text))
        point = point or bool(_POINT_DECIMAL.match(text))
    return None if decimal == point else decimal


def meant(cell: str, column: Sequence[str] = ()) -> list[float]:
    """Return the numbers that a badly written cell probably stands for.

    ``1.355,90`` gives 1355.9, ``10 237,65`` gives 10237.65. ``1,234`` is decided by the other
    cells of its column; where they do not say, both readings are returned. No number: empty.

    Parameters
    ----------
    cell
        Text of the cell.
    column
        All cells of its column.
    """
    text = _latin(cell)
    plain = plain_float(text)
    if plain is not None:
        return [plain]
    as_decimal = plain_float(text.replace(".", "").replace(",", "."))
    as_point = plain_float(text.replace(",", ""))
    if _AMBIGUOUS.match(text):
        rule = _comma_is_decimal(column)
        if rule is None:
            return [v for v in (as_point, as_decimal) if v is not None]
        chosen = as_decimal if rule else as_point
        return [chosen] if chosen is not None else []
    if _POINT_DECIMAL.match(text) and as_point is not None:
        return [as_point]
    if _COMMA_DECIMAL.match(text) and as_decimal is not None:
        return [as_decimal]
    return []
