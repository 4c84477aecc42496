"""Commands whose words need no converting, so that the library that converts is not loaded.

Typer converts every value with pydantic, whose import takes a quarter of the time of a short
command. Text is text already, and a default is what it is: only numbers, files and lists that
were typed are handed on.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

__all__ = ["Command"]


class _Ready:
    """Gives back a value that has its type; asks ``typer`` for any other."""

    def __init__(self, param: Any) -> None:
        self._kind = param.type_descriptor.annotation
        # One object per default: only the very default is known to be right without a look.
        self._default = param.default

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as the function of the command takes it."""
        single = not (param.multiple or param.nargs == -1)
        if single and (value is None or (self._kind is str and type(value) is str)):
            return value
        if single and value is self._default and type(value) is self._kind:
            return value
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


class Command(TyperCommand):
    """A command that loads what converts values only for values that need it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for param in self.params:
            kind = getattr(param, "type_descriptor", None)
            # Other versions of typer convert without it: there is nothing to spare.
            if kind is None or not hasattr(param, "_runtime_param") or kind.parameter_info.parser:
                continue
            param._runtime_param = _Ready(param)
