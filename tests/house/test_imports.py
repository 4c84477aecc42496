"""Which room may import which, and how little `import opencorridor` loads."""

from __future__ import annotations

import ast
import importlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import opencorridor
from tests.house.repository import ROOMS, ROOT, SOURCE, relative, with_suffix

HEAVY = ("pandas", "numba", "numpy", "scipy", "xarray", "fastapi", "sqlalchemy", "typer", "rich")
KERNEL_MODULES = [path for path in with_suffix(".py", under=SOURCE) if "kernels" in path.parts]
MAY_IMPORT = {"numpy", "scipy", "numba", "llvmlite"}
NETWORK_LIBRARIES = {"urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx"}


def run(*command: str, cwd: Path = ROOT, path: Path = ROOT / "src") -> tuple[int, str]:
    environment = os.environ | {"PYTHONPATH": str(path)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def python(code: str) -> str:
    status, output = run(sys.executable, "-W", "error", "-c", code)
    assert status == 0, output
    return output.strip()


def imported(path: Path) -> list[str]:
    """Return the modules that a file imports, anywhere in it."""
    package = ".".join(("opencorridor", *path.relative_to(SOURCE).parent.parts))
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            names.append(".".join(part for part in (base, node.module or "") if part))
    return names


def test_import_loads_no_room_and_no_library() -> None:
    code = (
        "import sys, json; before = set(sys.modules); import opencorridor;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    loaded = json.loads(python(code))
    assert [name for name in loaded if name.split(".")[0] in HEAVY] == []
    assert [name for name in loaded if name.startswith("opencorridor")] == ["opencorridor"]
    assert len(loaded) < 60


def test_opening_a_study_needs_no_heavy_library() -> None:
    heavy = ("pandas", "numba", "scipy", "xarray")
    code = (
        "import sys, opencorridor as oc; oc.open_study('teaching');"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    assert python(code) == "[]"


def test_help_needs_no_engine() -> None:
    code = (
        "import sys, opencorridor.cli.main;"
        "print([name for name in ('pandas', 'numba', 'scipy', 'xarray') if name in sys.modules])"
    )
    assert python(code) == "[]"


@pytest.mark.parametrize("name", opencorridor.__all__)
def test_every_public_name_loads(name: str) -> None:
    assert getattr(opencorridor, name) is not None
    assert name in dir(opencorridor)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'rotues'"):
        opencorridor.rotues  # noqa: B018


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_is_public(room: str) -> None:
    module = importlib.import_module(f"opencorridor.{room}")
    assert module.__all__, f"opencorridor.{room} has no __all__"
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []
    assert getattr(opencorridor, room) is module


def test_typed() -> None:
    assert (SOURCE / "py.typed").exists()


def contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = settings["tool"]["importlinter"]["contracts"]
    return found


def rooms_of_the_contract() -> list[str]:
    layers = next(entry for entry in contracts() if entry["name"] == "layers")["layers"]
    assert isinstance(layers, list)
    names = [name.strip() for row in layers for name in row.split("|")]
    return [name.removeprefix("opencorridor.") for name in names]


def test_every_room_has_a_layer_and_a_lazy_name() -> None:
    assert sorted(rooms_of_the_contract()) == ROOMS
    assert set(ROOMS) < set(dir(opencorridor))


def lint(folder: Path, path: Path) -> tuple[int, str]:
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool, "import-linter is not installed"
    return run(tool, "--no-logo", "--no-cache", cwd=folder, path=path)


def test_contracts_hold() -> None:
    status, output = lint(ROOT, ROOT / "src")
    assert status == 0, output


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("costs/money.py", "import opencorridor.routing", "layers"),
        ("trade/solve.py", "from opencorridor.network import build", "layers"),
        ("routing/kernels/trees.py", "import pandas", "kernels"),
        ("routing/kernels/trees.py", "from opencorridor.study.table import Table", "kernels"),
        ("freight/kernels/load.py", "import opencorridor.routing.skimming", "kernels"),
    ],
)
def test_contracts_can_break(tmp_path: Path, module: str, line: str, broken: str) -> None:
    """A contract that never breaks guards nothing: plant one wrong import in an empty house."""
    package = tmp_path / "opencorridor"
    for room in rooms_of_the_contract():
        (package / room / "kernels").mkdir(parents=True)
        (package / room / "__init__.py").write_text("")
        (package / room / "kernels" / "__init__.py").write_text("")
    for name in ("__init__", "network/build", "study/table", "routing/skimming"):
        (package / f"{name}.py").write_text("")
    (package / "freight/kernels/assign.py").write_text("import opencorridor.routing.kernels")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (package / module).write_text(line)
    status, output = lint(tmp_path, tmp_path)
    assert status == 1, output
    kept = {"layers", "kernels"} - {broken}
    assert f"{broken} BROKEN" in output
    assert all(f"{name} KEPT" in output for name in kept), output


@pytest.mark.parametrize("path", KERNEL_MODULES, ids=relative)
def test_kernels_import_numbers_only(path: Path) -> None:
    """The linter lets a kernel see its own room; this does not."""
    for name in imported(path):
        top = name.split(".")[0]
        ours = top == "opencorridor" and "kernels" in name.split(".")
        standard = top in sys.stdlib_module_names
        assert ours or standard or top in MAY_IMPORT, f"{relative(path)} imports {name}"


def test_numba_stays_in_the_kernels() -> None:
    elsewhere = [
        relative(path)
        for path in with_suffix(".py", under=SOURCE)
        if path not in KERNEL_MODULES and any(n.split(".")[0] == "numba" for n in imported(path))
    ]
    assert elsewhere == []


def test_no_module_reaches_for_the_internet() -> None:
    reaching = {
        relative(path): found
        for path in with_suffix(".py", under=SOURCE)
        if (found := NETWORK_LIBRARIES & set(imported(path)))
    }
    assert reaching == {}
