"""How every number of a run comes about: in words, as arithmetic, and from which cells.

The catalogue is data (``formulas.csv``): one row per table and column. ``only`` restricts a row
to lines of the table with a certain cell; ``expression`` is arithmetic over the numbers of the
same line, of the summary (``summary.x``), of the first and last line of the path (``start.x``,
``end.x``), of the parts (``part.x``), or the sum of the input cells (``cells.x``).
"""

from __future__ import annotations

import ast
import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

__all__ = ["BANDS", "Formula", "Printed", "all_formulas", "formula_of", "printed", "unit_of"]

_FILE = Path(__file__).with_name("formulas.csv")
SUMMARY = "summary"

BANDS: dict[tuple[str, str], tuple[str, str]] = {
    ("trade_path", "plan_usd_current"): ("plan_low_usd_current", "plan_high_usd_current"),
    ("decomposition", "usd_current_target_year"): ("low", "high"),
    ("bottleneck", "capacity_t_per_year"): ("low", "high"),
    ("measures", "cost_usd"): ("cost_low_usd", "cost_high_usd"),
    ("measures", "alone_usd_constant"): ("alone_low", "alone_high"),
    (SUMMARY, "plan_usd_current"): ("plan_low", "plan_high"),
}
"""Columns of the band of a number."""


@dataclass(frozen=True, slots=True)
class Formula:
    """How the numbers of one column come about; ``inputs`` names groups of study cells."""

    table: str
    column: str
    only: str
    unit: str
    words: str
    expression: str
    inputs: tuple[str, ...]

    def fits(self, row: dict[str, Any]) -> bool:
        """Say whether it holds for a line of the table."""
        name, _, wanted = self.only.partition("=")
        return not name or str(row.get(name)) == wanted


@lru_cache(maxsize=1)
def all_formulas() -> tuple[Formula, ...]:
    """Return the catalogue."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Formula(
                row["table"],
                row["column"],
                row["only"],
                row["unit"],
                row["words"],
                row["expression"],
                tuple(name for name in row["inputs"].split(";") if name),
            )
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _by_column() -> dict[tuple[str, str], list[Formula]]:
    found: dict[tuple[str, str], list[Formula]] = {}
    for formula in all_formulas():
        found.setdefault((formula.table, formula.column), []).append(formula)
    return found


def formula_of(table: str, column: str, row: dict[str, Any]) -> Formula | None:
    """Return how a number comes about; None for a column that holds no number."""
    found = _by_column().get((table, column), [])
    return next((formula for formula in found if formula.fits(row)), None)


def unit_of(table: str, column: str) -> str:
    """Return the unit of a column of a run's table, or nothing."""
    found = _by_column().get((table, column))
    if found:
        return found[0].unit
    of = next((value for (t, value), ends in BANDS.items() if t == table and column in ends), "")
    return unit_of(table, of) if of else ""


# --- arithmetic ---------------------------------------------------------------------------------

Look = Callable[[str], "list[float] | None"]
"""Gives the numbers behind a name: one, or several that are added; None where one is missing."""

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "×",
    ast.Div: "÷",
}
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Printed:
    """An expression with its numbers put in, and what it gives."""

    text: str
    value: float


def number_text(value: float) -> str:
    """Return a number with enough digits to be computed with: ten, or two after the point."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 1e7 else f"{value:,.10g}"
    return text.replace("-", "−")


def _operand(name: str, look: Look) -> Printed | None:
    numbers = look(name)
    if not numbers or not all(math.isfinite(n) for n in numbers):
        return None
    total = math.fsum(numbers)
    if len(numbers) == 1:
        text = number_text(total)
        return Printed(f"({text})" if total < 0 else text, total)
    if len(numbers) <= _MOST_SHOWN:
        return Printed(" + ".join(map(number_text, numbers)), total)
    return Printed(f"sum of {len(numbers)} cells", total)


def _apply(sign: str, a: float, b: float) -> float:
    if sign == "÷":
        return a / b if b else math.nan
    return {"+": a + b, "−": a - b, "×": a * b}[sign]


def _walk(node: ast.expr, look: Look, inside: bool) -> Printed | None:
    if isinstance(node, ast.Name | ast.Attribute):
        return _operand(ast.unparse(node), look)
    if isinstance(node, ast.Call):
        inner = _walk(node.args[0], look, False)
        return inner and Printed(f"|{inner.text}|", abs(inner.value))
    if not isinstance(node, ast.BinOp):
        raise ValueError(f"no arithmetic: {ast.unparse(node)}")
    sign = _SIGNS[type(node.op)]
    # A sum inside a product needs brackets; a chain of the same kind reads from the left.
    strong = sign in "×÷"
    a = _walk(node.left, look, strong)
    b = _walk(node.right, look, True)
    if a is None or b is None:
        return None
    text = f"{a.text} {sign} {b.text}"
    return Printed(f"({text})" if inside and not strong else text, _apply(sign, a.value, b.value))


def printed(expression: str, look: Look) -> Printed | None:
    """Return an expression with its numbers; None where one of them is missing."""
    if not expression:
        return None
    tree = ast.parse(expression, mode="eval")
    found = _walk(tree.body, look, False)
    return found if found is not None and math.isfinite(found.value) else None
