"""What the house tests look at: the files that belong to the repository."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "opencorridor"
ROOMS = sorted(
    path.parent.name
    for path in SOURCE.glob("*/__init__.py")
    if path.parent.name != "studies"  # data only
)
_NOT_OURS = {".git", ".venv", "build", "dist", "results", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the repository, those not committed yet included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        found = [ROOT / name for name in listed.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive has no .git
        found = [path for path in ROOT.rglob("*") if not _NOT_OURS & set(path.parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def with_suffix(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """Return the files under a folder that end in one of the suffixes."""
    return [path for path in files() if path.suffix in suffixes and path.is_relative_to(under)]


def text(path: Path) -> str | None:
    """Return the text of a file, or None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def relative(path: Path) -> str:
    """Return the path as it reads in a message."""
    return path.relative_to(ROOT).as_posix()
