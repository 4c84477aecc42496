"""Files and functions stay small enough to read in one sitting."""

from __future__ import annotations

import ast

from tests.house.repository import ROOT, relative, with_suffix

LONGEST_FILE = 500
USUAL_FILE = 400
USUAL_FUNCTION = 50
USUAL = 0.95

PYTHON = with_suffix(".py")


def lengths_of_files() -> dict[str, int]:
    return {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}


def lengths_of_functions() -> dict[str, int]:
    lengths = {}
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{relative(path)}:{node.lineno} {node.name}"
                lengths[name] = (node.end_lineno or node.lineno) - node.lineno + 1
    return lengths


def longest(lengths: dict[str, int], limit: int) -> list[str]:
    long = sorted(((n, name) for name, n in lengths.items() if n >= limit), reverse=True)
    return [f"{name}: {n} lines" for n, name in long]


def test_no_file_is_long() -> None:
    lengths = lengths_of_files()
    assert longest(lengths, LONGEST_FILE + 1) == []
    long = longest(lengths, USUAL_FILE)
    assert len(long) <= (1 - USUAL) * len(lengths), long


def test_functions_are_short() -> None:
    lengths = lengths_of_functions()
    long = longest(lengths, USUAL_FUNCTION)
    assert len(long) <= (1 - USUAL) * len(lengths), long


def test_source_code_was_found() -> None:
    assert sum(path.is_relative_to(ROOT / "src") for path in PYTHON) > 10
