"""Commands whose words need no converting, so that the library that converts is not loaded.

Typer converts every value with pydantic, whose import takes a quarter of the time of a short
command. Text is text already, lists of text too, and a default is what it is: only numbers and
files that were typed are handed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["Command", "Group"]


class _Ready:
    """Gives back a value that has its type; asks ``typer`` for any other."""

    def __init__(self, param: Any) -> None:
        self._kind = param.type_descriptor.annotation
        # One object per default: only the very default is known to be right without a look.
        self._default = param.default

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as the function of the command takes it."""
        single = not (param.multiple or param.nargs == -1)
        if value is None:
            return None if single else ()
        if single and self._kind is str and type(value) is str:
            return value
        if self._kind == list[str] and all(type(part) is str for part in value):
            return list(value)
        if single and value is self._default and type(value) is self._kind:
            return value
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _spare(params: Iterable[Any]) -> None:
    """Let parameters convert only what needs it."""
    for param in params:
        kind = getattr(param, "type_descriptor", None)
        # Other versions of typer convert without it: there is nothing to spare.
        if kind is not None and hasattr(param, "_runtime_param") and not kind.parameter_info.parser:
            param._runtime_param = _Ready(param)


class _Sparing:
    """What a command and a group of commands do alike: their own options, and ``--help``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _spare(self.params)  # type: ignore[attr-defined]

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option ``--help``, which is made apart from the others."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        _spare([option])
        return option


class Command(_Sparing, TyperCommand):
    """A command that loads what converts values only for values that need it."""


class Group(_Sparing, TyperGroup):
    """A group of commands, for its own options as :class:`Command`."""
