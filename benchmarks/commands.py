"""Time the commands that a user waits for, against the time each may take on two cores.

``make bench`` runs it. Times are wall-clock seconds of whole processes; memory is the largest
resident set of any child so far. It ends with 1 where a limit is passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUTE = ["route", "Almaty", "Bandar Abbas"]


def peak_gb() -> float | None:
    """Return the largest resident set of any child in GB; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e9


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command and return its wall-clock seconds; a failure ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(
        command, check=False, env=environment, capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def main() -> int:
    """Print one row a command and return the exit code."""
    program = [sys.executable, "-m", "opencorridor.cli.main"]
    installed = Path(sys.executable).with_name("opencorridor")
    if installed.exists():
        program = [str(installed)]
    late = False
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"OPENCORRIDOR_CACHE": str(Path(folder) / "cache")}
        run = [*program, "run", "--out", str(Path(folder) / "results")]
        timed: list[tuple[str, list[str], float | None]] = [
            ("import opencorridor", [sys.executable, "-c", "import opencorridor"], 0.5),
            ("--help", [*program, "--help"], 1.0),
            ("run, empty cache", run, None),
            ("run, warm cache", run, 5.0),
            ("route, warm cache", [*program, *ROUTE], 2.0),
        ]
        print(f"{'command':<22}{'seconds':>9}{'limit':>8}")
        for name, command, limit in timed:
            took = seconds(command, environment)
            late |= limit is not None and took > limit
            print(f"{name:<22}{took:>9.2f}{limit if limit is not None else '-':>8}")
    if (memory := peak_gb()) is not None:
        print(f"largest resident set: {memory:.2f} GB")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
