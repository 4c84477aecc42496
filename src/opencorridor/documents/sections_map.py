"""The corridor map with its legend and tables, and the routes leg by leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from opencorridor.documents import numbers
from opencorridor.documents.answer import MapData, Row
from opencorridor.documents.context import Context, figure, section
from opencorridor.documents.map import Drawing, draw_map, width_px
from opencorridor.documents.markup import Html, Node, el, fixed
from opencorridor.documents.places import crowd_factor, radius_px
from opencorridor.documents.style import load_style, mode_style
from opencorridor.documents.tables import columns, html_table
from opencorridor.documents.texts import text, word

__all__ = ["corridor", "routes"]

_MOST_LINKS = 25
_SUMS = ("distance_km", "time_h", "cost_usd_per_t", "co2_kg_per_t")


def corridor(page: Context) -> Html | None:
    """Return the map, its legend, and the tables of its places and largest links."""
    data = page.answer.map
    if data is None:
        return None
    summary = text("map.summary", links=sum(1 for k in data.links if k.t_per_year),
                   places=len(data.places))  # fmt: skip
    drawing = draw_map(data, summary)
    if drawing is None:
        return None
    best = drawing.links[0] if drawing.links else None
    title = text("map.title.plain")
    if page.get("map_finding"):
        title = str(page.get("map_finding"))
    elif best:
        title = text("map.title", name=best.name or best.link_id,
                     t=numbers.tonnes(best.t_per_year))  # fmt: skip
    note = [text("map.legend.direction") if best else "", text("map.coast") + "."]
    box = el("div", drawing.svg, class_="map-box", role="region", tabindex="0",
             aria_label=text("map.scroll"))  # fmt: skip
    return section(
        "map",
        figure(
            title,
            text("map.subtitle" if best else "map.subtitle.plain"),
            box,
            _legend(drawing, data),
            note=el("p", " ".join(note).strip()),
            source=page.source_line("load"),
            twin=[_place_table(page, data), _link_table(page, drawing)],
        ),
    )


def _place_table(page: Context, data: MapData) -> Html | None:
    rows: list[Row] = [asdict(p) for p in data.places if p.kind != "zone"]
    rows.sort(key=lambda row: -(numbers.as_float(row["load_t_per_year"]) or 0.0))
    wanted = columns("name", "kind:word", "dwell_h:h", "wait_h:h", "plan_wait_h:h",
                     "load_t_per_year:t", "plan_load_t_per_year:t", "capacity_t_per_year:t",
                     "status:status", "source:source")  # fmt: skip
    return html_table(rows, wanted, text("map.places"), known_sources=page.known_sources)


def _link_table(page: Context, drawing: Drawing) -> Html | None:
    rows = page.rows("load")
    if not rows:
        rows = [asdict(link) for link in drawing.links]
    loaded = [row for row in rows if numbers.as_float(row.get("t_per_year"))]
    loaded.sort(key=lambda row: -float(row["t_per_year"]))
    wanted = columns("link_id", "name", "mode:word", "country", "t_per_year:t", "t_forward:t",
                     "t_backward:t", "plan_t_per_year:t", "status:status",
                     "source:source")  # fmt: skip
    return page.table("load", wanted, text("map.links"), most=_MOST_LINKS, rows=loaded)


# --- legend --------------------------------------------------------------------------------------


def _legend(drawing: Drawing, data: MapData) -> Html:
    groups: list[Node] = [_mode_legend(drawing)]
    if drawing.full_t:
        groups.append(_width_legend(drawing))
    if drawing.hours_drawn and max(drawing.hours_drawn) > 0:
        groups.append(_hours_legend(max(drawing.hours_drawn), crowd_factor(drawing.circles)))
    groups.append(_mark_legend(data))
    return el("div", groups, class_="map-legend")


def _group(title: str, items: Sequence[Node]) -> Html | None:
    if not items:
        return None
    return el("div", el("p", title, class_="legend-title"), el("ul", items, class_="legend"))


def _sample(*body: Node, width: float = 44, height: float = 14) -> Html:
    return el("svg", body, viewBox=f"0 0 {fixed(width)} {fixed(height)}", class_="key",
              style=f"inline-size:{fixed(width)}px;block-size:{fixed(height)}px",
              aria_hidden="true")  # fmt: skip


def _mode_legend(drawing: Drawing) -> Html | None:
    items: list[Node] = []
    for mode in drawing.modes or drawing.base_modes:
        style = mode_style(mode)
        line = el("path", d="M1 7H43", stroke=style["colour"], stroke_width="4",
                  stroke_dasharray=style["dash"] or None)  # fmt: skip
        mark = None
        if style["pattern"] in ("ties", "double"):
            double = style["pattern"] == "double"
            mark = el("path", d="M1 7H43", stroke="#FFFFFF", stroke_width="1.6" if double else
                      "2.4", stroke_dasharray=None if double else "1.2 7")  # fmt: skip
        items.append(el("li", _sample(line, mark), word(mode)))
    if drawing.modes and drawing.base_modes:
        colour = mode_style(drawing.base_modes[0])["colour"]
        line = el("path", d="M1 7H43", stroke=colour, stroke_width="0.9", stroke_opacity="0.5")
        items.append(el("li", _sample(line), text("map.legend.base")))
    return _group(text("map.legend.mode"), items)


def _width_legend(drawing: Drawing) -> Html | None:
    colour = load_style()["modes"]["rail"]["colour"]
    items: list[Node] = []
    for t in _steps(drawing.full_t):
        wide = width_px(t, drawing.t_per_px)
        line = el("path", d="M1 10H43", stroke=colour, stroke_width=wide, data_legend_t=repr(t))
        label = numbers.tonnes(t)
        items.append(el("li", _sample(line, height=20), label))
    smallest = drawing.t_per_px * load_style()["map"]["width_smallest_px"]
    thin = text("map.legend.thin", t=numbers.tonnes(smallest))
    if drawing.capped:
        items.append(el("li", text("map.legend.capped", t=numbers.tonnes(drawing.full_t))))
    return el("div", _group(text("map.legend.width"), items), el("p", thin, class_="legend-note"))


def _steps(largest: float) -> list[float]:
    """Return three round amounts up to the largest: about a tenth, two fifths, all of it."""
    found = []
    for share in (1.0, 0.4, 0.1):
        x = largest * share
        power = 10.0 ** (len(f"{x:.0f}") - 1)
        found.append(max(int(x / power), 1) * power if x >= 1 else x)
    return sorted(set(found), reverse=True)


def _hours_legend(largest: float, shrink: float) -> Html | None:
    items: list[Node] = []
    for hours in sorted({largest, largest / 4, 0.0}, reverse=True):
        radius = shrink * radius_px(hours, largest)
        circle = el("circle", cx="17", cy="17", r=radius, class_="place crossing")
        box = _sample(circle, width=34, height=34)
        items.append(el("li", box, numbers.hours(round(hours) if hours >= 3 else hours)))
    return _group(text("map.legend.hours"), items)


def _mark_legend(data: MapData) -> Html | None:
    kinds = {place.kind for place in data.places}
    items: list[Node] = []
    if "crossing" in kinds:
        mark = el("circle", cx="22", cy="7", r="5", class_="place crossing")
        items.append(el("li", _sample(mark), text("map.legend.crossing")))
    if kinds - {"crossing", "zone"}:
        mark = el("circle", cx="22", cy="7", r="5", class_="place terminal")
        items.append(el("li", _sample(mark), text("map.legend.terminal")))
    if "zone" in kinds:
        mark = el("rect", x="19", y="4", width="6", height="6", class_="zone")
        items.append(el("li", _sample(mark), text("map.legend.zone")))
    if data.routes:
        line = el("path", d="M1 7H43", stroke=load_style()["chart"]["route"], stroke_width="7",
                  stroke_opacity="0.45")  # fmt: skip
        names = "; ".join(route.title for route in data.routes)
        items.append(el("li", _sample(line), f"{text('map.legend.route')}: {names}"))
    return _group(text("map.legend.marks"), items)


# --- routes --------------------------------------------------------------------------------------


def routes(page: Context) -> Html | None:
    """Return one table of legs for each route, with the totals at its foot."""
    by_title: dict[str, list[Row]] = {}
    for row in page.rows("routes"):
        by_title.setdefault(str(row.get("route") or row.get("title") or ""), []).append(row)
    wanted = columns(
        "leg:count", "mode:word", "from", "to", "border_crossing", "crossing", "distance_km:number",
        "time_h:number", "cost_usd_per_t:usd2", "co2_kg_per_t:number", "status:status",
        "source:source",
    )  # fmt: skip
    body: list[Node] = []
    for title, rows in by_title.items():
        foot: dict[str, object] = {"mode": text("routes.total")}
        for name in _SUMS:
            values = [numbers.as_float(row.get(name)) for row in rows]
            if any(v is not None for v in values):
                foot[name] = sum(v for v in values if v is not None)
        table = page.table("routes", wanted, title, rows=rows, foot=foot)
        body.append(figure(title, text("routes.subtitle"), table, class_="route-legs"))
    return section("routes", *body, page.source_line("routes")) if body else None
