"""Fixtures of the bad-input tests: the shipped teaching folder, and the program in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opencorridor.cli.main import execute
from opencorridor.study import Study

Program = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def shipped(teaching: Study) -> Path:
    """Return the folder of the shipped teaching study."""
    assert teaching.folder is not None
    return teaching.folder


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str]) -> Program:
    """Run the program with --json; return its exit code and the problems that it reports."""

    def call(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
        code = execute([*map(str, words), "--json"])
        out = capsys.readouterr().out
        assert out.count("\n}\n") == 1, "one document"
        return code, json.loads(out).get("problems", [])

    return call
