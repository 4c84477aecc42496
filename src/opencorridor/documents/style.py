"""The colours, patterns and widths of ``style.json``, one file for the report and the map."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["contrast", "load_style", "mode_style", "resource"]


def resource(name: str) -> str:
    """Return the text of a file that ships with this room."""
    return files("opencorridor.documents").joinpath(name).read_text(encoding="utf-8")


@cache
def load_style() -> dict[str, Any]:
    """Return the style; treat it as read-only."""
    found: dict[str, Any] = json.loads(resource("style.json"))
    return found


def mode_style(mode: str) -> dict[str, str]:
    """Return colour, dash and pattern of a mode; an unknown one looks like a pipeline."""
    modes: dict[str, dict[str, str]] = load_style()["modes"]
    return modes.get(mode, modes["pipeline"])


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#RRGGBB`` colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
