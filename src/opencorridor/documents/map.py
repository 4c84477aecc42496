"""The corridor map as inline SVG: coast, network, loads by direction, crossings by their hours.

The width of a line is proportional to its tonnes a year; the numbers drawn are those of the table
``load`` and stand in ``data-t``, ``data-t-forward``, ``data-t-backward`` of each line. Zones are
points: no outline of a country is drawn, only coasts and lakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from opencorridor.documents import numbers
from opencorridor.documents.answer import MapData, MapLink
from opencorridor.documents.markup import Html, el, fixed
from opencorridor.documents.places import draw_labels, draw_places
from opencorridor.documents.projection import Frame, Line, frame, offset, simplify
from opencorridor.documents.style import load_style, mode_style, resource

__all__ = ["Drawing", "draw_map", "window_of"]

WIDTH_PX = 920.0
_THIN_TOLERANCE_PX = 0.4
_TIE_FROM_PX = 2.5
_TITLE_FROM_PX = 1.2
_LANE_GAP_PX = 0.6


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn map: the SVG, and what its legend and its table twin need."""

    svg: Html
    links: tuple[MapLink, ...]
    modes: tuple[str, ...]
    base_modes: tuple[str, ...]
    t_per_px: float
    full_t: float
    capped: bool
    hours_drawn: tuple[float, ...]
    unlabelled: tuple[str, ...]
    circles: int


def draw_map(data: MapData, summary_text: str, width: float = WIDTH_PX) -> Drawing | None:
    """Return the drawn map, or ``None`` where there is nothing to show.

    ``summary_text`` is what a screen reader says instead of the picture.
    """
    window = window_of(data)
    if window is None:
        return None
    paper = frame(window, width)
    placed = [(link, lines) for link in data.links if (lines := _lines(paper, link.points))]
    loaded = [(k, lines) for k, lines in placed if numbers.as_float(k.t_per_year)]
    idle = [(k, lines) for k, lines in placed if not numbers.as_float(k.t_per_year)]
    loaded.sort(key=lambda item: (item[0].t_per_year or 0.0, item[0].link_id))
    largest = max((k.t_per_year or 0.0 for k, _ in loaded), default=0.0)
    full = data.full_width_t_per_year or largest
    t_per_px = full / load_style()["map"]["width_largest_px"] if full else 0.0
    circles, places_svg, placer = draw_places(paper, data.places)
    labels_svg, unlabelled = draw_labels(placer, circles, paper, data.labels)
    svg = el(
        "svg",
        _geography(paper),
        _base(idle),
        _routes(paper, data),
        [_load(link, lines, t_per_px) for link, lines in loaded],
        _ties(loaded, t_per_px),
        places_svg,
        labels_svg,
        viewBox=f"0 0 {fixed(paper.width)} {fixed(paper.height)}",
        role="img",
        class_="map",
        aria_label=summary_text,
    )
    return Drawing(
        svg=svg,
        links=tuple(link for link, _ in reversed(loaded)),
        modes=_modes(link for link, _ in loaded),
        base_modes=_modes(link for link, _ in idle),
        t_per_px=t_per_px,
        full_t=full,
        capped=largest > full,
        hours_drawn=tuple(circle.hours for circle in circles if circle.hours is not None),
        unlabelled=unlabelled,
        circles=sum(circle.place.kind != "zone" for circle in circles),
    )


def _modes(links: Iterable[MapLink]) -> tuple[str, ...]:
    found = {link.mode for link in links}
    known = [mode for mode in load_style()["modes"] if mode in found]
    return (*known, *sorted(found - set(known)))


def window_of(data: MapData) -> tuple[float, float, float, float] | None:
    """Return the window to draw: the given one, else around routes and places, else all links."""
    if data.window is not None:
        return data.window
    points = [p for route in data.routes for line in route.lines for p in line]
    points += [(place.lon, place.lat) for place in data.places if place.kind != "zone"]
    if len(points) < 2:
        points += [p for link in data.links for p in link.points]
        points += [(place.lon, place.lat) for place in data.places]
    if not points:
        return None
    first = points[0][0]
    lons = [first + (lon - first + 180.0) % 360.0 - 180.0 for lon, _ in points]
    lats = [lat for _, lat in points]
    pad_lon = 0.08 * (max(lons) - min(lons)) + 0.4
    pad_lat = 0.08 * (max(lats) - min(lats)) + 0.4
    return min(lons) - pad_lon, min(lats) - pad_lat, max(lons) + pad_lon, max(lats) + pad_lat


# --- the ground ----------------------------------------------------------------------------------


@cache
def _base_map() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("base_map.json"))
    return found


def _geography(paper: Frame) -> Html:
    base = load_style()["base"]
    data = _base_map()
    west, south, east, north = data["window"]
    w, s, e, n = paper.window
    detail = "region" if w >= west and s >= south and e <= east and n <= north else "world"
    parts = [el("rect", width=paper.width, height=paper.height, fill=base["sea"])]
    for name, fill in (("land", base["land"]), ("lakes", base["sea"])):
        rings = [
            ring
            for flat in data[detail][name]
            for ring in paper.rings(list(zip(flat[::2], flat[1::2], strict=True)))
        ]
        if rings:
            d = "".join(f"{_d(simplify([*r, r[0]], _THIN_TOLERANCE_PX))}Z" for r in rings)
            parts.append(el("path", d=d, fill=fill, fill_rule="evenodd", stroke=base["coast"],
                            stroke_width="0.7", class_=name))  # fmt: skip
    return el("g", parts, class_="ground")


def _lines(paper: Frame, points: Sequence[tuple[float, float]]) -> list[Line]:
    return [simplify(line, _THIN_TOLERANCE_PX) for line in paper.lines(points)]


def _d(line: Line) -> str:
    return "M" + " ".join(f"{fixed(x, 1)} {fixed(y, 1)}" for x, y in line)


def _base(idle: Sequence[tuple[MapLink, list[Line]]]) -> list[Html]:
    style = load_style()["map"]
    by_mode: dict[str, list[Line]] = {}
    for link, lines in idle:
        by_mode.setdefault(link.mode, []).extend(lines)
    return [
        el("path", d="".join(_d(line) for line in chains(by_mode[mode])), fill="none",
           stroke=mode_style(mode)["colour"], stroke_width=str(style["width_base_px"]),
           stroke_dasharray=mode_style(mode)["dash"] or None, stroke_opacity="0.45",
           class_=f"base {mode}")
        for mode in _modes(link for link, _ in idle)
    ]  # fmt: skip


def chains(lines: Sequence[Line]) -> list[Line]:
    """Return the lines joined end to end where exactly two of them meet, so that dashes run on."""
    ends: dict[tuple[float, float], list[int]] = {}
    for i, line in enumerate(lines):
        for point in (line[0], line[-1]):
            ends.setdefault(_key(point), []).append(i)
    used = [False] * len(lines)
    out: list[Line] = []
    for i, line in enumerate(lines):
        if used[i]:
            continue
        used[i] = True
        chain = list(line)
        for _ in range(2):  # lengthen the far end, then turn round and lengthen the other
            while (at := _next(ends[_key(chain[-1])], used)) is not None:
                used[at] = True
                more = lines[at] if _key(lines[at][0]) == _key(chain[-1]) else lines[at][::-1]
                chain += more[1:]
            chain.reverse()
        out.append(simplify(chain, _THIN_TOLERANCE_PX))
    return out


def _key(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 1), round(point[1], 1)


def _next(meeting: list[int], used: list[bool]) -> int | None:
    if len(meeting) != 2:
        return None
    return next((i for i in meeting if not used[i]), None)


def _routes(paper: Frame, data: MapData) -> list[Html]:
    colour = load_style()["chart"]["route"]
    found = []
    for route in data.routes:
        lines = chains([line for points in route.lines for line in _lines(paper, points)])
        if lines:
            found.append(
                el("path", el("title", route.title), d="".join(_d(line) for line in lines),
                   fill="none", stroke=colour, stroke_width="12", stroke_opacity="0.45",
                   stroke_linejoin="round", stroke_linecap="round", class_="route")
            )  # fmt: skip
    return found


# --- loads ---------------------------------------------------------------------------------------


def width_px(t_per_year: float, t_per_px: float) -> float:
    """Return the width of a line: proportional to its tonnes, between the two limits of style."""
    style = load_style()["map"]
    wide = t_per_year / t_per_px if t_per_px else 0.0
    return float(min(max(wide, style["width_smallest_px"]), style["width_largest_px"]))


def _lanes(link: MapLink, t_per_px: float) -> list[tuple[str, float, float, float]]:
    """Return the lanes of a link as (direction, tonnes, width, offset to the right of it)."""
    forward, backward = numbers.as_float(link.t_forward), numbers.as_float(link.t_backward)
    total = link.t_per_year or 0.0
    if forward is None or backward is None:
        return [("both", total, width_px(total, t_per_px), 0.0)]
    lanes = []
    shrink = width_px(total, t_per_px) * t_per_px / total if t_per_px and total else 1.0
    for name, t, sign in (("forward", forward, 1.0), ("backward", backward, -1.0)):
        if t > 0:
            # A link above the full width is drawn at it, its lanes in their true proportion.
            wide = width_px(t * min(shrink, 1.0), t_per_px)
            lanes.append((name, t, wide, sign * (wide / 2 + _LANE_GAP_PX / 2)))
    return lanes


def _load(link: MapLink, lines: list[Line], t_per_px: float) -> Html:
    style = mode_style(link.mode)
    paths = [
        el("path", d="".join(_d(offset(line, by)) for line in lines), fill="none",
           stroke=style["colour"], stroke_width=wide, stroke_dasharray=style["dash"] or None,
           stroke_linejoin="round", data_direction=name, data_t=repr(t))
        for name, t, wide, by in _lanes(link, t_per_px)
    ]  # fmt: skip
    title = None
    if width_px(link.t_per_year or 0.0, t_per_px) >= _TITLE_FROM_PX:
        title = el("title", f"{link.name or link.link_id}: {numbers.tonnes(link.t_per_year)}")
    return el(
        "g",
        title,
        paths,
        data_link_id=link.link_id,
        data_mode=link.mode,
        data_t=_exact(link.t_per_year),
        data_t_forward=_exact(link.t_forward),
        data_t_backward=_exact(link.t_backward),
        class_="load",
    )


def _exact(value: float | None) -> str | None:
    return None if value is None else repr(float(value))


def _ties(loaded: Sequence[tuple[MapLink, list[Line]]], t_per_px: float) -> list[Html]:
    """Return the marks that tell rail and pipelines from road where colour is not seen."""
    groups: dict[tuple[str, int], list[Line]] = {}
    for link, lines in loaded:
        if mode_style(link.mode)["pattern"] not in ("ties", "double"):
            continue
        for _, _, wide, by in _lanes(link, t_per_px):
            key = (link.mode, round(wide) if wide >= _TIE_FROM_PX else 0)
            groups.setdefault(key, []).extend(offset(line, by) for line in lines)
    found = []
    for (mode, wide), lines in sorted(groups.items()):
        double = mode_style(mode)["pattern"] == "double"
        if wide == 0 and double:
            continue
        outside = wide == 0
        found.append(
            el("path", d="".join(_d(line) for line in chains(lines)), fill="none",
               stroke=mode_style(mode)["colour"] if outside else "#FFFFFF",
               stroke_width="4.2" if outside else fixed(wide * (0.35 if double else 0.6), 1),
               stroke_dasharray=None if double else "1 7" if outside else "1.2 7",
               class_="ties")
        )  # fmt: skip
    return found
