"""Crossings, terminals, ports, zones and names on the map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from opencorridor.documents import numbers
from opencorridor.documents.answer import MapLabel, MapPlace
from opencorridor.documents.labels import Placer, text_width
from opencorridor.documents.markup import Html, el
from opencorridor.documents.projection import Frame
from opencorridor.documents.style import load_style

__all__ = ["Circle", "crowd_factor", "draw_labels", "draw_places", "radius_px"]

_LABEL_PX = 12.5
_ZONE_PX = 12.0
_LAND_PX = 14.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A drawn place: pixel, radius, and its hours (dwell and wait) if it has any."""

    place: MapPlace
    x: float
    y: float
    radius: float
    hours: float | None


def hours_of(place: MapPlace) -> float | None:
    """Return dwell plus wait in hours, ``None`` where neither is known."""
    known = [h for h in map(numbers.as_float, (place.dwell_h, place.wait_h)) if h is not None]
    return sum(known) if known else None


def radius_px(hours: float, largest_h: float) -> float:
    """Return the radius of a circle whose area grows with the hours."""
    style = load_style()["map"]
    low, high = style["radius_smallest_px"], style["radius_largest_px"]
    share = math.sqrt(min(max(hours, 0.0), largest_h) / largest_h) if largest_h > 0 else 0.0
    return float(low + (high - low) * share)


def draw_places(
    paper: Frame, places: Sequence[MapPlace]
) -> tuple[list[Circle], list[Html], Placer]:
    """Return the places on the paper, their marks (largest first) and the room they take.

    Where loads are known, a crossing or terminal without any is left out; the more circles there
    are, the smaller all of them are drawn.
    """
    on_paper = [(p, *paper.point(p.lon, p.lat)) for p in places]
    on_paper = [(p, x, y) for p, x, y in on_paper if paper.inside(x, y, 3)]
    known = any(p.load_t_per_year for p, _, _ in on_paper if p.kind != "zone")
    if known:
        on_paper = [(p, x, y) for p, x, y in on_paper if p.kind == "zone" or p.load_t_per_year]
    largest = max((hours_of(p) or 0.0 for p, _, _ in on_paper), default=0.0)
    shrink = crowd_factor(sum(p.kind != "zone" for p, _, _ in on_paper))
    circles = []
    for place, x, y in on_paper:
        hours = hours_of(place)
        zone = place.kind == "zone"
        radius = 3.0 if zone or hours is None else shrink * radius_px(hours, largest)
        circles.append(Circle(place, x, y, radius, None if zone else hours))
    circles.sort(key=lambda c: (c.place.kind == "zone", -c.radius, c.place.place_id))
    placer = Placer(paper.width, paper.height)
    for c in circles:
        r = 0.8 * c.radius
        placer.reserve((c.x - r, c.y - r, c.x + r, c.y + r))
    return circles, [_mark(circle) for circle in circles], placer


def crowd_factor(n: int) -> float:
    """Return the factor of all radii where ``n`` circles stand on one map: 1 up to 30."""
    return math.sqrt(min(1.0, 30.0 / n)) if n else 1.0


def _mark(circle: Circle) -> Html:
    place = circle.place
    words = [place.name]
    if circle.hours is not None:
        words.append(f"{numbers.hours(circle.hours)} in all")
    if numbers.as_float(place.wait_h):
        words.append(f"of it {numbers.hours(place.wait_h)} waiting for room")
    if place.load_t_per_year is not None:
        words.append(f"{numbers.tonnes(place.load_t_per_year)} a year")
    title = el("title", ", ".join(words))
    if place.kind == "zone":
        return el("rect", title, x=circle.x - 3, y=circle.y - 3, width="6", height="6",
                  class_="zone", data_place_id=place.place_id)  # fmt: skip
    return el("circle", title, cx=circle.x, cy=circle.y, r=circle.radius,
              class_=f"place {'crossing' if place.kind == 'crossing' else 'terminal'}",
              data_place_id=place.place_id)  # fmt: skip


def draw_labels(
    placer: Placer, circles: Sequence[Circle], paper: Frame, labels: Sequence[MapLabel]
) -> tuple[list[Html], tuple[str, ...]]:
    """Return the names that fit, and the ids of the crossings and terminals left without one."""
    drawn: list[Html] = []
    left_out: list[str] = []
    # The places that carry most are named first; the rest take the room that is left.
    for circle in sorted(circles, key=_importance):
        zone = circle.place.kind == "zone"
        size = _ZONE_PX if zone else _LABEL_PX
        text = circle.place.name
        if circle.hours is not None:
            text += f" {numbers.number(circle.hours)}\u00a0h"
        spot = placer.beside(circle.x, circle.y, circle.radius, text, size)
        if spot is None:
            if not zone:
                left_out.append(circle.place.place_id)
            continue
        x, y, anchor = spot
        drawn.append(el("text", text, x=x, y=y, text_anchor=anchor, font_size=str(size),
                        class_="name zone-name" if zone else "name"))  # fmt: skip
    drawn += [mark for label in labels if (mark := _country(placer, paper, label))]
    return drawn, tuple(left_out)


def _importance(circle: Circle) -> tuple[bool, float, float, str]:
    load = numbers.as_float(circle.place.load_t_per_year) or 0.0
    return circle.place.kind == "zone", -load, -(circle.hours or 0.0), circle.place.place_id


def _country(placer: Placer, paper: Frame, label: MapLabel) -> Html | None:
    x, y = paper.point(label.lon, label.lat)
    if not paper.inside(x, y, 8):
        return None
    width = text_width(label.text, _LAND_PX) * 1.1
    for dx, dy in ((0, 0), (0, -26), (0, 26), (-60, 0), (60, 0), (-60, -40), (60, 40)):
        left, base = x + dx - width / 2, y + dy
        box = (left, base - 0.8 * _LAND_PX, left + width, base + 0.2 * _LAND_PX)
        if placer.free(box):
            placer.reserve(box)
            return el("text", label.text, x=x + dx, y=base, text_anchor="middle",
                      font_size=str(_LAND_PX), class_=f"land-name {label.kind}")  # fmt: skip
    return None
