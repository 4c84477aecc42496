"""``opencorridor trade``: gravity and equilibrium on anyone's table.

A new command is a function in a module of its own (``trade_*.py``), added to ``COMMANDS``.
"""

from __future__ import annotations

from collections.abc import Callable

import typer

from opencorridor.cli import trade_estimate, trade_potential, trade_solve

__all__ = ["COMMANDS", "app"]

COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("estimate", trade_estimate.estimate, trade_estimate.EXAMPLES),
    ("solve", trade_solve.solve, trade_solve.EXAMPLES),
    ("potential", trade_potential.potential, trade_potential.EXAMPLES),
)
"""Name, function and examples of every command of the group."""

app = typer.Typer(
    help="Estimate gravity, solve for the equilibrium of trade, and see what trade could be.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _name, _function, _examples in COMMANDS:
    app.command(_name, epilog=_examples)(_function)
