"""The engine serves alone, without the heavy libraries at its edges."""

from __future__ import annotations

import subprocess
import sys


def test_a_solve_loads_no_pandas_xarray_or_numba() -> None:
    code = (
        "import sys\n"
        "from opencorridor import trade\n"
        "trade.solve([[[3.0, 1.0], [1.0, 3.0]]], 4.0, {(0, 0, 1): 0.9})\n"
        "print([m for m in ('pandas', 'xarray', 'numba', 'scipy.optimize') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "[]", done.stderr
