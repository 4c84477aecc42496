"""Printing of routes by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from opencorridor.cli import show
from opencorridor.routing.clock import Schedule, TimedLeg, Wait

__all__ = ["print_schedules"]

_SHOWN = 5
_ENDS = 24
_HEAD = ("leg", "mode", "to", "starts", "ends", "waits")
_KINDS = {
    "opening": "opens",
    "departure": "departs",
    "headway": "half a headway",
    "break": "break",
    "rest": "rest",
    "weekly_rest": "weekly rest",
}


def _clock(time: dt.datetime) -> str:
    return f"{time:%a %d %b %H:%M}"


def _offset(time: dt.datetime) -> str:
    text = f"{time:%z}"
    return f"{text[:3]}:{text[3:5]}"


def _span(hours: float) -> str:
    """Return hours and minutes."""
    minutes = round(hours * 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _said(wait: Wait) -> str:
    """Return one wait in words."""
    kind = _KINDS[wait.kind]
    if wait.kind in ("opening", "departure"):
        kind = f"{kind} {_clock(wait.until)} {_offset(wait.until)}"
        if wait.reason:
            kind += f" after {wait.reason}"
    elif wait.assumed:
        kind += " (mean)"
    return f"{_span(wait.hours)}, {kind}"


def _waits(leg: TimedLeg) -> str:
    """Return the waits of a leg; several breaks or rests are counted."""
    kinds: dict[str, list[Wait]] = {}
    for wait in leg.waits:
        kinds.setdefault(wait.kind, []).append(wait)
    said = []
    for kind, waits in kinds.items():
        if len(waits) == 1:
            said.append(_said(waits[0]))
        else:
            mean = " (mean)" if waits[0].assumed else ""
            total = _span(sum(wait.hours for wait in waits))
            said.append(f"{len(waits)} × {_KINDS[kind]}{mean}, {total}")
    return "; ".join(said)


def print_schedules(schedules: Sequence[Schedule]) -> None:
    """Print the first route leg by leg with its times, then the others in a line each."""
    best = schedules[0]
    zone = best.departs.tzinfo
    offset = _offset(best.departs)
    print(f"\nBy the clock, times at UTC{offset}; departs {_clock(best.departs)}:\n")
    rows = [
        (
            str(i),
            (timed.leg.method or timed.leg.mode).replace("_", " "),
            show.shorten(timed.leg.destination, _ENDS),
            _clock(timed.starts.astimezone(zone)),
            _clock(timed.ends.astimezone(zone)),
            _waits(timed),
        )
        for i, timed in enumerate(best.legs, start=1)
    ]
    print(show.table(_HEAD, rows, right=(0,)))
    print(f"\n{_line(best)}")
    for other in schedules[1:_SHOWN]:
        print(f"other: {_line(other)}")


def _line(one: Schedule) -> str:
    """Return one route in a line."""
    if one.arrives is None or one.hours is None:
        return f"stuck: {one.reason}"
    borders = [leg.leg.border_crossing for leg in one.legs if leg.leg.border_crossing]
    arrives = _clock(one.arrives.astimezone(one.departs.tzinfo))
    totals = one.route.totals
    assert totals is not None
    return (
        f"arrives {arrives} after {_span(one.hours)}, of which {_span(one.waited_h())} waits and "
        f"rests; {show.money(totals.cost_usd_per_t)} per t; by {', '.join(borders) or 'no border'}"
    )
