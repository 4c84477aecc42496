"""The program ``opencorridor``: its commands, exit codes and error reports.

Exit codes: 0 done, 1 a yes-or-no question answered no, 2 bad input, 3 not converged, 70 our own
fault (with a saved trace), 130 cancelled.

A new command is a function in a module of its own, added to ``COMMANDS`` (or a Typer app added to
``GROUPS``). Modules of commands import typer and nothing heavy: the work is imported inside the
function, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from opencorridor.cli import (
    assign,
    cache,
    calibrate,
    check,
    corridors,
    doctor,
    freight,
    route,
    run,
    serve,
    show,
    skim,
    study,
    trade,
)
from opencorridor.cli.ready import Command, Group

__all__ = ["COMMANDS", "GROUPS", "app", "main"]

OUR_FAULT = 70
CANCELLED = 130

COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("run", run.run, run.RUN_EXAMPLES),
    ("check", check.check, check.EXAMPLES),
    ("calibrate", calibrate.calibrate, calibrate.EXAMPLES),
    ("route", route.route, route.EXAMPLES),
    ("corridors", corridors.corridors, corridors.CORRIDORS_EXAMPLES),
    ("reach", corridors.reach, corridors.REACH_EXAMPLES),
    ("skim", skim.skim, skim.EXAMPLES),
    ("assign", assign.assign, assign.EXAMPLES),
    ("scenario", run.scenario, run.SCENARIO_EXAMPLES),
    ("roadmap", run.roadmap, run.ROADMAP_EXAMPLES),
    ("serve", serve.serve, serve.EXAMPLES),
    ("doctor", doctor.doctor, doctor.EXAMPLES),
)
"""Name, function and examples of every command."""

GROUPS: tuple[tuple[str, typer.Typer], ...] = (
    ("trade", trade.app),
    ("freight", freight.app),
    ("study", study.app),
    ("cache", cache.app),
)
"""Name and Typer app of every group of commands."""

_HELP = ["-h", "--help"]


def _version(value: bool) -> None:
    if value:
        from opencorridor import __version__

        print(f"opencorridor {__version__}")
        raise typer.Exit()


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No bold text (also NO_COLOR).")
    ] = False,
) -> None:
    """Plan, price and track an international transport-and-trade corridor."""
    if no_color:
        show.COLOUR["on"] = False


def _make(only: str = "") -> typer.Typer:
    """Return the program, or the program with one command: to build the others takes its time."""
    settings: dict[str, Any] = {"help_option_names": _HELP, "max_content_width": 100}
    made = typer.Typer(
        cls=Group,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=settings,
        epilog="Start with: opencorridor route FROM TO",
    )
    made.callback()(_root)
    for name, function, examples in COMMANDS:
        if only in ("", name):
            made.command(name, cls=Command, epilog=examples, context_settings=settings)(function)
    for name, group in GROUPS:
        if only in ("", name):
            made.add_typer(group, name=name, context_settings=settings)
    return made


app = _make()


def _words(arguments: Sequence[str]) -> list[str]:
    """Take ``--no-color`` wherever it stands."""
    if "--no-color" in arguments:
        show.COLOUR["on"] = False
    return [word for word in arguments if word != "--no-color"]


def _save_trace() -> str:
    """Write the traceback of the current exception to a file; return its path."""
    import tempfile
    import traceback

    handle, path = tempfile.mkstemp(prefix="opencorridor-trace-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{' '.join(sys.argv)}\n\n{traceback.format_exc()}")
    return path


def execute(arguments: Sequence[str]) -> int:
    """Run the program and return its exit code."""
    words = _words(arguments)
    called = words[0] if words else ""
    known = called in {name for name, *_ in (*COMMANDS, *GROUPS)}
    try:
        code = (_make(called) if known else app)(
            args=words, standalone_mode=False, prog_name="opencorridor"
        )
        return int(code) if isinstance(code, int) else 0
    except KeyboardInterrupt:
        show.note("Cancelled")
        return CANCELLED
    except BrokenPipeError:
        # The reader went away (head, less): nothing to tell it. Spare the flush at exit too.
        sys.stdout = None
        return 0
    except Exception as error:
        return _report(error, words)


def _report(error: Exception, words: Sequence[str]) -> int:
    """Print what went wrong and return the exit code."""
    if hasattr(error, "exit_code") and hasattr(error, "format_message"):  # usage, from typer
        error.show()  # type: ignore[attr-defined]
        return int(error.exit_code)
    if type(error).__name__ == "Abort":
        show.note("Cancelled")
        return CANCELLED
    from opencorridor.study.errors import OpenCorridorError

    if isinstance(error, OpenCorridorError):
        show.print_error(error, "--json" in words)
        return error.exit_code
    path = _save_trace()
    show.note(f"This is a fault of OpenCorridor: {type(error).__name__}: {error}")
    show.note(f"The trace is in {path} [{type(error).__name__}]; please send it with the command.")
    return OUR_FAULT


def main() -> None:
    """Run the program with the arguments of the shell.

    Linear algebra gets one thread, unless the shell says otherwise: on matrices of 200 countries
    its threads wait for each other longer than they work, most of all where the cores are busy.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(execute(sys.argv[1:]))


if __name__ == "__main__":
    main()
