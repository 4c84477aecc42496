"""``opencorridor freight``: what moves over the network, and what binds.

A new command is a function in a module of its own (``freight_*.py``), added to ``COMMANDS``.
"""

from __future__ import annotations

from collections.abc import Callable

import typer

from opencorridor.cli import freight_closures, freight_fleets, freight_flows, freight_places

__all__ = ["COMMANDS", "app"]

COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("flows", freight_flows.flows, freight_flows.EXAMPLES),
    ("places", freight_places.places, freight_places.EXAMPLES),
    ("closures", freight_closures.closures, freight_closures.EXAMPLES),
    ("fleets", freight_fleets.fleets, freight_fleets.EXAMPLES),
)
"""Name, function and examples of every command of the group."""

app = typer.Typer(
    help="See what moves over the network, which places bind, and what a closure would cost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _name, _function, _examples in COMMANDS:
    app.command(_name, epilog=_examples)(_function)
