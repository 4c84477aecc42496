"""The process that does a job: tells its progress, its result or its problems through a pipe."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import traceback
from multiprocessing import connection, parent_process
from typing import Any

__all__ = ["kill_group", "work"]

_NICE = 5
_END_S = 10.0


def kill_group(pid: int) -> None:
    """End a job's process and the workers it started."""
    if sys.platform == "win32":
        # No process groups there: the tree of processes is ended by the system's own program.
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            tree = ["taskkill", "/F", "/T", "/PID", str(pid)]
            subprocess.run(tree, capture_output=True, timeout=_END_S, check=False)  # noqa: S603
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """End this process, and its workers, when the server is gone."""
    parent = parent_process()
    if parent is None:
        return
    connection.wait([parent.sentinel])
    kill_group(os.getpid())
    os._exit(1)


def work(pipe: connection.Connection, study: str, study_hash: str, params: dict[str, Any]) -> None:
    """Do one job and tell how it went; the only thing that runs in the process."""
    if sys.platform != "win32":
        # A group of its own: Ctrl-C of the server's terminal does not reach it half-way.
        os.setsid()
        # Whoever looks at a page goes first.
        os.nice(_NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from opencorridor.operations.jobs import perform
    from opencorridor.study.errors import OpenCorridorError

    try:
        found = perform(study, study_hash, params, lambda *step: pipe.send(("progress", *step)))
        pipe.send(("done", found.result_id, found.result))
    except OpenCorridorError as error:
        pipe.send(("failed", [problem.as_dict() for problem in error.problems]))
    except Exception:
        pipe.send(("fault", traceback.format_exc()))
    finally:
        pipe.close()
