"""The middle pages: measures, traffic check, winners, promises, assumptions, fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from opencorridor.documents import numbers
from opencorridor.documents.answer import Row
from opencorridor.documents.bars import Bar, Span, bars
from opencorridor.documents.context import Context, figure, section
from opencorridor.documents.markup import Html, Node, el
from opencorridor.documents.scales import NARROW, WIDE
from opencorridor.documents.style import load_style
from opencorridor.documents.tables import columns, html_table, progress_badge
from opencorridor.documents.texts import counted, text, word

__all__ = ["fit", "measures", "promises", "sensitivity", "traffic", "winners"]

_MOST_BARS = 12
_MOST_MEASURES = 30
_FACTOR = 2.0


def _number(row: Row, column: str) -> float | None:
    return numbers.as_float(row.get(column))


def _true(value: object) -> bool:
    return str(value).lower() in ("1", "1.0", "true", "yes")


# --- measures ------------------------------------------------------------------------------------


def measures(page: Context) -> Html | None:
    """Return the ranked measures as bars with whiskers and as a table with costs."""
    rows = page.rows("measures")
    if not rows:
        return None
    effects = [row for row in rows if _number(row, "alone_usd_constant") is not None]
    effects.sort(key=lambda row: -float(row["alone_usd_constant"]))
    title = text("measures.title.none")
    if effects and float(effects[0]["alone_usd_constant"]) > 0:
        usd = numbers.usd(effects[0]["alone_usd_constant"])
        title = text("measures.title", title=effects[0].get("title", ""), usd=usd)
    chosen = [row for row in rows if _true(row.get("in_plan"))]
    notes = [text("measures.count", chosen=len(chosen), n=len(rows))]
    costs = [c for row in chosen if (c := _number(row, "cost_usd")) is not None]
    if costs:
        notes.append(text("measures.cost", usd=numbers.usd(sum(costs))))
    if len(effects) < len(rows):
        notes.append(counted("measures.unexpressed", len(rows) - len(effects)))
    wanted = columns(
        "rank:count", "title:long", "measure_id", "in_plan:flag",
        "alone_usd_constant:usd_change", "alone_band:usd_band:alone_low:alone_high",
        "cost_usd:usd_status:cost_status", "effect_date:date", "reason:long",
    )  # fmt: skip
    return section(
        "measures",
        figure(
            title,
            text("measures.subtitle", year=page.get("target_year", "")),
            _measure_bars(page, effects[:_MOST_BARS], title),
            _measure_legend() if effects else None,
            page.table("measures", wanted, text("measures.heading"), most=_MOST_MEASURES),
            note=el("p", " ".join(notes)),
            source=page.source_line("measures"),
        ),
    )


def _measure_bars(page: Context, rows: Sequence[Row], title: str) -> list[Html | None]:
    colour = load_style()["chart"]["plan"]
    drawn = []
    for row in rows:
        usd = float(row["alone_usd_constant"])
        low, high = _number(row, "alone_low"), _number(row, "alone_high")
        whisker = None if low is None or high is None else (low, high)
        span = Span(0.0, usd, colour, hatched=not _true(row.get("in_plan")))
        drawn.append(
            Bar(str(row.get("title", "")), (span,), numbers.usd_change(usd), whisker=whisker)
        )
    axis = text("headline.constant.axis", price_year=page.get("price_year", ""))
    return [bars(drawn, size, f"{title}.", axis, "measures") for size in (WIDE, NARROW)]


def _swatch(colour: str, hatched: bool) -> Html:
    fill = el("rect", x="1", y="1", width="28", height="10", fill="#FFFFFF" if hatched else colour,
              stroke=colour, stroke_width="1.2")  # fmt: skip
    lines = el("path", d="M3 11L12 1M11 11L20 1M19 11L28 1", stroke=colour,
               stroke_width="2.4") if hatched else None  # fmt: skip
    return el("svg", fill, lines, viewBox="0 0 30 12", class_="key", aria_hidden="true")


def _measure_legend() -> Html:
    colour = load_style()["chart"]["plan"]
    return el("ul", el("li", _swatch(colour, False), text("measures.filled")),
              el("li", _swatch(colour, True), text("measures.hatched")),
              el("li", text("measures.whisker")), class_="legend")  # fmt: skip


# --- checks --------------------------------------------------------------------------------------


def traffic(page: Context) -> Html | None:
    """Return modelled against observed tonnes at named places."""
    rows = page.rows("traffic_check")
    ratios = [r for row in rows if (r := _number(row, "ratio")) is not None]
    near = sum(1 / _FACTOR <= ratio <= _FACTOR for ratio in ratios)
    title = text("traffic.title", n=near, all=len(ratios)) if ratios else text("traffic.heading")
    wanted = columns("place", "observed_t_per_year:t", "year:year", "modelled_t_per_year:t",
                     "ratio:ratio", "note:long", "status:status", "source:source")  # fmt: skip
    table = page.table("traffic_check", wanted, title)
    if table is None:
        return None
    shown = figure(title, text("traffic.subtitle"), table, source=page.source_line("traffic_check"))
    return section("traffic", shown)


def winners(page: Context) -> Html | None:
    """Return the change of trade and welfare by country, created and diverted trade."""
    rows = [row for row in page.rows("winners") if _number(row, "trade_change_usd") is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: -float(row["trade_change_usd"]))
    best = rows[0]
    title = text("winners.title", name=best.get("name") or best.get("country"),
                 usd=numbers.usd_change(best["trade_change_usd"]))  # fmt: skip
    shown = rows if len(rows) <= 20 else rows[:10] + rows[-10:]
    created, diverted = (
        sum(_number(row, name) or 0.0 for row in rows) for name in ("created_usd", "diverted_usd")
    )
    note = None
    if any(_number(row, "created_usd") is not None for row in rows):
        note = el("p", text("winners.total", created=numbers.usd(created),
                            diverted=numbers.usd(abs(diverted))))  # fmt: skip
    wanted = columns("name", "country", "trade_change_usd:usd_change",
                     "welfare_change_share:share_change", "created_usd:usd_change",
                     "diverted_usd:usd_change", "band:usd_band:low:high")  # fmt: skip
    if all(row.get("name") for row in rows):
        wanted = tuple(c for c in wanted if c.name != "country")
    return section(
        "winners",
        figure(
            title,
            text("winners.subtitle"),
            page.table("winners", wanted, title, rows=shown),
            el("p", text("winners.ends", file="winners.csv", n=len(rows)), class_="note")
            if len(shown) < len(rows)
            else None,
            note=note,
            source=page.source_line("winners"),
        ),
    )


# --- promises ------------------------------------------------------------------------------------


def promises(page: Context) -> Html | None:
    """Return the promises counted by side and status, and the list of all of them."""
    rows = page.rows("commitments")
    if not rows:
        return None
    counts = Counter((str(r.get("side") or ""), str(r.get("progress") or "no_data")) for r in rows)
    known = load_style()["status"]
    states = [s for s in known if any(p == s for _, p in counts)]
    states += sorted({p for _, p in counts} - set(known))
    total = Counter(progress for _, progress in counts.elements())
    key = "promises.title" if total["done"] or total["overdue"] else "promises.title.plain"
    title = text(key, done=total["done"], overdue=total["overdue"], n=len(rows))
    wanted = columns("commitment_id", "text:long", "side", "progress:progress", "due_date",
                     "measure_ids", "effect_usd:usd_change", "status:status",
                     "source:source")  # fmt: skip
    caption = text("promises.all")
    every = el("details", el("summary", f"{caption} ({len(rows)})"),
               page.table("commitments", wanted, caption))  # fmt: skip
    return section(
        "promises",
        figure(
            title,
            text("promises.subtitle"),
            _count_table(counts, states, title),
            source=page.source_line("commitments"),
        ),
        every,
    )


def _count_table(counts: Counter[tuple[str, str]], states: Sequence[str], caption: str) -> Html:
    sides = sorted({side for side, _ in counts})
    head = el("tr", el("th", text("promises.side"), scope="col"),
              [el("th", progress_badge(s), scope="col", class_="n") for s in states])  # fmt: skip
    body = [
        el("tr", el("th", side or numbers.NO_DATA, scope="row"),
           [el("td", str(counts[side, state]), class_="n") for state in states])
        for side in sides
    ]  # fmt: skip
    table = el("table", el("caption", caption), el("thead", head), el("tbody", body))
    return el(
        "div", table, class_="table-box short", role="region", tabindex="0", aria_label=caption
    )


# --- assumptions and fit -------------------------------------------------------------------------


def sensitivity(page: Context) -> Html | None:
    """Return the tornado of the assumptions and its table."""
    rows = [r for r in page.rows("sensitivity") if _number(r, "spread_usd") is not None]
    if not rows:
        return None
    first = max(rows, key=lambda row: abs(float(row["spread_usd"])))
    title = text("sensitivity.title", name=_assumption(first),
                 usd=numbers.usd(abs(float(first["spread_usd"]))))  # fmt: skip
    centre = page.usd_of("sensitivity_centre_usd")
    centre = page.usd_of("plan_usd_current") if centre is None else centre
    notes = [] if centre is None else [text("sensitivity.centre", usd=numbers.usd(centre))]
    counts = page.get("assumption_counts", {})
    if counts:
        told = ", ".join(f"{numbers.count(n)} {word(status)}" for status, n in counts.items())
        notes.append(text("sensitivity.counts", counts=told))
    shown = [{**row, "assumption": _assumption(row), "values": _values(row)} for row in rows]
    wanted = columns("assumption", "parameter", "values", "usd_at_low:usd", "usd_at_high:usd",
                     "spread_usd:usd", "status:status", "source:source")  # fmt: skip
    return section(
        "sensitivity",
        figure(
            title,
            text("sensitivity.subtitle", year=page.get("target_year", "")),
            _tornado(rows[:10], centre, title),
            _tornado_legend(),
            page.table("sensitivity", wanted, title, rows=shown, most=20),
            note=el("p", " ".join(notes)) if notes else None,
            source=page.source_line("sensitivity"),
        ),
    )


def _assumption(row: Row) -> str:
    return str(row.get("assumption") or row.get("parameter") or "")


def _values(row: Row) -> str:
    low, high = row.get("low_value"), row.get("high_value")
    ends = [numbers.as_float(v) for v in (low, high)]
    told = [_value(e) if e is not None else str(v if v is not None else "")
            for e, v in zip(ends, (low, high), strict=True)]  # fmt: skip
    return f"{told[0]}{numbers.EN_DASH}{told[1]}" if any(told) else ""


def _value(x: float) -> str:
    if abs(x) >= 1000:
        return numbers.significant(x)
    return f"{x:.4g}".replace("-", numbers.MINUS)


def _tornado(rows: Sequence[Row], centre: float | None, title: str) -> list[Html | None]:
    chart = load_style()["chart"]
    drawn = []
    for row in rows:
        low, high = _number(row, "usd_at_low"), _number(row, "usd_at_high")
        if low is None or high is None:
            continue
        middle = (low + high) / 2 if centre is None else centre
        spans = (Span(middle, low, chart["low"]), Span(middle, high, chart["high"], hatched=True))
        label = _assumption(row)
        if _values(row):
            label += f" ({_values(row)})"
        drawn.append(Bar(label, spans, numbers.usd(abs(float(row["spread_usd"])))))
    return [
        bars(drawn, size, f"{title}.", "", "sensitivity", centre=centre) for size in (WIDE, NARROW)
    ]


def _tornado_legend() -> Html:
    chart = load_style()["chart"]
    return el("ul", el("li", _swatch(chart["low"], False), text("sensitivity.low")),
              el("li", _swatch(chart["high"], True), text("sensitivity.high")),
              class_="legend")  # fmt: skip


def fit(page: Context) -> Html | None:
    """Return the errors against observations beside the plain rule, and the tonnes check."""
    rows = page.rows("fit")
    wanted = columns("quantity:word", "kind:word", "n:count", "median_abs_error_share:share",
                     "naive_share:share", "note", "source:source")  # fmt: skip
    title = _fit_title(rows)
    body: list[Node] = []
    if rows:
        table = page.table("fit", wanted, title)
        body.append(figure(title, text("fit.subtitle"), table, source=page.source_line("fit")))
    tonnes = columns("direction", "implied_t:t", "reference_t:t", "band:band:low:high",
                     "year:year", "note", "status:status", "source:source")  # fmt: skip
    caption = text("fit.tonnes")
    body.append(html_table(page.rows("tonnes_check"), tonnes, caption,
                           known_sources=page.known_sources))  # fmt: skip
    return section("fit", *body)


def _fit_title(rows: Sequence[Row]) -> str:
    ready = [r for r in rows if _number(r, "median_abs_error_share") is not None]
    if not ready:
        return text("fit.heading")
    most = max(ready, key=lambda row: _number(row, "n") or 0.0)
    error, naive = _number(most, "median_abs_error_share"), _number(most, "naive_share")
    better = naive is None or error is None or error <= naive
    return text("fit.title" if better else "fit.title.worse", quantity=word(most.get("quantity")),
                error=numbers.share(error), naive=numbers.share(naive))  # fmt: skip
