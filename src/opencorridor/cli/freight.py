"""``opencorridor freight``: what moves over the network, and what binds.

A new command is a function in a module of its own (``freight_*.py``) with its ``EXAMPLES``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import typer

__all__ = ["app"]

app = typer.Typer(
    help="See what moves over the network, which places bind, and what a closure would cost.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for _name in ("flows", "places", "closures", "fleets"):
    if find_spec(f"opencorridor.cli.freight_{_name}"):
        _module = import_module(f"opencorridor.cli.freight_{_name}")
        app.command(_name, epilog=_module.EXAMPLES)(getattr(_module, _name))
