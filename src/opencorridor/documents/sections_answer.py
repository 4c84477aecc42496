"""The first pages: headline, key numbers, path, its parts, what binds, the backward question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencorridor.documents import numbers
from opencorridor.documents.bars import Bar, Span, bars, waterfall
from opencorridor.documents.charts import Target, trade_path
from opencorridor.documents.context import Context, figure, section
from opencorridor.documents.markup import Html, Node, el
from opencorridor.documents.scales import NARROW, WIDE
from opencorridor.documents.style import load_style
from opencorridor.documents.tables import columns
from opencorridor.documents.texts import text, word

__all__ = ["backward", "binds", "headline", "parts", "path", "tiles"]

_TOTALS = ("baseline", "plan", "target")


# --- headline ------------------------------------------------------------------------------------


def headline(page: Context) -> Html:
    """Return the first heading and the sentences below it."""
    a, b = page.pair
    if page.usd_of("plan_usd_current") is None:
        title = str(page.get("title", page.get("study_id", text("product"))))
        return el("h1", text("headline.places", title=title) if page.rows("routes") else title)
    first = []
    if page.usd_of("baseline_usd") is not None or page.usd_of("baseline_usd_current") is not None:
        usd = page.get("baseline_usd_current", page.get("baseline_usd"))
        year = page.get("baseline_year", "")
        first.append(text("headline.baseline", a=a, b=b, baseline=numbers.usd(usd), year=year))
    first.append(text("headline.plan", plan=page.plan_text, year=page.get("target_year", "")))
    if page.gap is not None:
        target, gap = numbers.usd(page.get("target_usd")), numbers.usd(abs(page.gap))
        key = "headline.reached" if page.reached else "headline.not_reached"
        first.append(text(key, target=target, gap=gap, spare=gap))
    second = [text("headline.current")]
    if page.usd_of("plan_usd_constant") is not None:
        second.append(
            text(
                "headline.constant",
                price_year=page.get("price_year", ""),
                plan=numbers.usd(page.get("plan_usd_constant")),
                year=page.get("target_year", ""),
            )
        )
    second.append(_probability(page))
    return Html(el("h1", " ".join(first)) + el("p", " ".join(second).strip(), class_="lead"))


def _probability(page: Context) -> str:
    share = page.usd_of("probability")
    if share is None or page.usd_of("target_usd") is None:
        return ""
    draws = page.get("draws", "")
    if share <= 0:
        return text("headline.probability.none", draws=draws)
    if share >= 1:
        return text("headline.probability.all", draws=draws)
    if share < 0.1:
        return text("headline.probability.few")
    if share > 0.9:
        return text("headline.probability.most")
    return text("headline.probability", n=round(share * 10))


def tiles(page: Context) -> Html | None:
    """Return the three key numbers, as many of them as the answer has."""
    year = page.get("target_year", "")
    banded = page.usd_of("plan_low") is not None
    found: list[tuple[str, str, str]] = []
    if page.usd_of("plan_usd_current") is not None:
        note = text("tile.prices" if banded else "tile.prices.one")
        found.append((page.plan_text, text("tile.plan", year=year), note))
    gap = page.gap
    if gap is not None:
        key = "tile.spare" if page.reached else "tile.gap"
        found.append(
            (numbers.usd(abs(gap)), text(key, target=numbers.usd(page.get("target_usd"))),
             text("tile.prices.one"))
        )  # fmt: skip
    worst = _worst(page)
    if worst:
        value = text("tile.binding.value", share=numbers.share(worst["use_share"]))
        wait = numbers.as_float(worst.get("wait_h"))
        note = text("tile.binding.wait", hours=numbers.hours(wait)) if wait else ""
        found.append((value, text("tile.binding", name=worst["name"]), note))
    if not found:
        return None
    return el("ul", [
        el("li", el("span", label, class_="tile-label"), el("strong", _unbroken(value)),
           el("span", note, class_="tile-note"))
        for value, label, note in found[:3]
    ], class_="tiles")  # fmt: skip


def _unbroken(value: str) -> list[Node]:
    """Return a value that may break before its band only."""
    mid, bracket, band = value.partition(" (")
    return [el("span", mid, class_="nobr"), " " if bracket else None,
            el("span", f"({band}", class_="nobr") if bracket else None]  # fmt: skip


def _worst(page: Context) -> Mapping[str, Any] | None:
    rows = [r for r in page.rows("bottleneck") if numbers.as_float(r.get("use_share")) is not None]
    tonnes = [numbers.as_float(r.get("own_t_per_year")) or 0.0 for r in rows]
    # A place counts as the pair's where at least a tenth of its busiest door passes.
    least = max(0.1 * max(tonnes, default=0.0), 1.0)
    own = [r for r, t in zip(rows, tonnes, strict=True) if t >= least]
    return max(own or rows, key=lambda row: float(row["use_share"]), default=None)


# --- path and parts ------------------------------------------------------------------------------


def targets_of(page: Context) -> list[Target]:
    """Return the dashed lines: every side's target, or the one target of the study."""
    found = []
    for side in page.get("sides", ()):
        usd = numbers.as_float(side.get("usd")) if isinstance(side, Mapping) else None
        if usd is None:
            continue
        name = str(side.get("name") or side.get("side") or "")
        stage = str(side.get("stage") or "")
        key = "path.target.stage" if stage else "path.target"
        short = text("path.target.short", side=name, usd=numbers.usd(usd))
        found.append(Target(text(key, side=name, usd=numbers.usd(usd), stage=stage), usd, short))
    if not found and (usd := page.usd_of("target_usd")) is not None:
        found.append(Target(text("path.target.plain", usd=numbers.usd(usd)), usd))
    return found


def path(page: Context) -> Html | None:
    """Return the chart of the trade path, its legend and its table."""
    rows = page.rows("trade_path")
    plan, year = numbers.usd(page.get("plan_usd_current")), page.get("target_year", "")
    key = "path.title"
    gap = page.gap
    if gap is not None:
        key += ".reached" if page.reached else ".not_reached"
    title = text(key, plan=plan, year=year, gap=numbers.usd(abs(gap or 0.0)))
    a, b = page.pair
    subtitle = text("path.subtitle", a=a, b=b)
    targets = targets_of(page)
    drawn = [trade_path(rows, targets, size, f"{title}. {subtitle}.") for size in (WIDE, NARROW)]
    if not any(drawn):
        return None
    wanted = columns(
        "year:year", "observed_usd_current:usd", "no_new_usd_current:usd", "plan_usd_current:usd",
        "plan_band:usd_band:plan_low_usd_current:plan_high_usd_current", "target_usd_current:usd",
        "no_new_usd_constant:usd", "plan_usd_constant:usd",
    )  # fmt: skip
    note = [text("path.note")]
    base = page.usd_of("baseline_year")
    if base is not None and any(
        numbers.as_float(row.get("observed_usd_current")) is not None
        and (numbers.as_float(row.get("year")) or base) > base
        for row in rows
    ):
        note.append(text("path.after", year=int(base)))
    return section(
        "path",
        figure(
            title,
            subtitle,
            drawn,
            _path_legend(rows, bool(targets)),
            note=el("p", " ".join(note)),
            source=page.source_line("trade_path"),
            twin=page.table("trade_path", wanted, title),
        ),
    )


def _path_legend(rows: list[Any], targets: bool) -> Html:
    chart = load_style()["chart"]

    def has_any(column: str) -> bool:
        return any(numbers.as_float(row.get(column)) is not None for row in rows)

    def line(colour: str, width: int, dash: str | None) -> Html:
        return el("svg", el("path", d="M1 6H29", stroke=colour, stroke_width=str(width),
                            stroke_dasharray=dash), viewBox="0 0 30 12", class_="key",
                  aria_hidden="true")  # fmt: skip

    dot = el("svg", el("circle", cx="15", cy="6", r="4.5", class_="observed"),
             viewBox="0 0 30 12", class_="key", aria_hidden="true")  # fmt: skip
    area = el("svg", el("rect", x="1", y="1", width="28", height="10", class_="band"),
              viewBox="0 0 30 12", class_="key", aria_hidden="true")  # fmt: skip
    offers = [
        (has_any("observed_usd_current"), dot, "path.observed"),
        (has_any("plan_usd_current"), line(chart["plan"], 3, None), "path.plan"),
        (has_any("plan_low_usd_current"), area, "path.band"),
        (has_any("no_new_usd_current"), line(chart["no_new"], 2, "6 3"), "path.no_new"),
    ]
    items = [el("li", key, text(name)) for there, key, name in offers if there]
    if targets:
        items.append(el("li", line(chart["target"], 2, "7 5"), word("target")))
    return el("ul", items, class_="legend")


def parts(page: Context) -> Html | None:
    """Return the waterfall from the baseline year to the target."""
    rows = page.rows("decomposition")
    steps = []
    for row in rows:
        usd = numbers.as_float(row.get("usd_current_target_year"))
        if usd is not None:
            name = str(row.get("part"))
            total = name in _TOTALS
            value = numbers.usd(usd) if total else numbers.usd_change(usd)
            steps.append((word(name), usd, value, total, name, row))
    if not steps:
        return None
    if steps[-1][4] != "target" and page.usd_of("target_usd") is not None:
        usd = float(page.get("target_usd"))
        steps.append((word("target"), usd, numbers.usd(usd), True, "target", {}))
    spans = waterfall([step[:4] for step in steps])
    drawn_rows = [_part_bar(step, span) for step, span in zip(steps, spans, strict=True)]
    title = _part_title(steps)
    subtitle = text(
        "parts.subtitle",
        baseline_year=page.get("baseline_year", ""),
        target_year=page.get("target_year", ""),
    )
    summary = title + ". " + "; ".join(f"{step[0]} {step[2]}" for step in steps) + "."
    drawn = [bars(drawn_rows, size, summary, "", "parts", connect=True) for size in (WIDE, NARROW)]
    named = [{**row, "part": word(row.get("part"))} for row in rows]
    wanted = columns("part", "usd_current_target_year:usd", "band:usd_band:low:high",
                     "status:status", "source:source")  # fmt: skip
    return section(
        "parts",
        figure(
            title,
            subtitle,
            drawn,
            source=page.source_line("decomposition"),
            twin=page.table("decomposition", wanted, title, rows=named),
        ),
    )


def _part_bar(step: tuple[Any, ...], span: tuple[float, float]) -> Bar:
    chart = load_style()["chart"]
    label, usd, value, total, name, _ = step
    gap = name in ("gap", "remaining_gap")
    colour = chart["total"] if total else chart["rise"] if usd >= 0 else chart["fall"]
    if gap:
        colour = chart["target"]
    return Bar(label, (Span(span[0], span[1], colour, hatched=gap),), value, strong=total)


def _part_title(steps: list[tuple[Any, ...]]) -> str:
    inner = [s for s in steps if not s[3] and s[4] not in ("gap", "remaining_gap")]
    gap = next((s[1] for s in steps if s[4] in ("gap", "remaining_gap")), 0.0)
    if not inner:
        return text("parts.heading")
    best = max(inner, key=lambda s: float(s[1]))
    key = "parts.title.gap" if gap > 0 else "parts.title"
    return text(
        key, part=best[0][:1].lower() + best[0][1:], usd=numbers.usd(best[1]), gap=numbers.usd(gap)
    )


# --- capacity ------------------------------------------------------------------------------------


def binds(page: Context) -> Html | None:
    """Return the table of bottlenecks, the fullest first."""
    rows = page.rows("bottleneck")
    if not rows:
        return None
    worst = _worst(page)
    title = text("binds.title.none")
    if worst and float(worst["use_share"]) >= 0.8:
        title = text("binds.title", name=worst["name"], share=numbers.share(worst["use_share"]))
    wanted = columns(
        "name", "use_share:use", "load_t_per_year:t", "capacity_t_per_year:t",
        "capacity_band:band:low:high", "wait_h:h", "stranded_t:t", "plan_load_t_per_year:t",
        "plan_wait_h:h", "status:status", "source:source",
    )  # fmt: skip
    lost = sum(numbers.as_float(row.get("stranded_t")) or 0.0 for row in rows)
    names = [str(name) for name in page.get("binding", ())]
    notes = [text("binds.names", names=", ".join(names))] if names else []
    if lost > 0:
        notes.append(text("binds.stranded", stranded=numbers.tonnes(lost)))
    return section(
        "binds",
        figure(
            title,
            text("binds.subtitle"),
            page.table("bottleneck", wanted, title, most=15),
            note=el("p", " ".join(notes)) if notes else None,
            source=page.source_line("bottleneck"),
        ),
    )


def backward(page: Context) -> Html | None:
    """Return what the target asks of trade costs, and of the doors."""
    found: Mapping[str, Any] = page.get("backward", {})
    rows = page.rows("doors")
    if not found and not rows:
        return None
    a, b = page.pair
    fall = numbers.as_float(found.get("cost_fall_share"))
    title = text("backward.title.doors")
    if found:
        key = "backward.title.unreached" if fall is None else "backward.title"
        title = text(key, share=numbers.share(fall))
    wanted = columns(
        "place", "use_share:use", "load_target_t:t", "load_baseline_t:t", "capacity_t_per_year:t",
        "capacity_band:band:low:high", "wagons_per_day:count", "boxes_per_day:count",
        "status:status", "source:source",
    )  # fmt: skip
    return section(
        "backward",
        figure(
            title,
            text("backward.subtitle", a=a, b=b),
            _backward_facts(found, fall, a, b),
            page.table("doors", wanted, text("backward.title.doors")),
            note=_closest(found) if fall is None else None,
            source=page.source_line("doors"),
        ),
    )


def _backward_facts(found: Mapping[str, Any], fall: float | None, a: str, b: str) -> Node:
    facts = [
        (fall, numbers.share, text("backward.cost_fall")),
        (found.get("tonnes_a_b"), numbers.tonnes, text("backward.tonnes", a=a, b=b)),
        (found.get("tonnes_b_a"), numbers.tonnes, text("backward.tonnes", a=b, b=a)),
        (found.get("wagons_per_day"), numbers.count, text("backward.wagons")),
        (found.get("boxes_per_day"), numbers.count, text("backward.boxes")),
    ]
    items = [el("li", el("strong", write(value)), " ", label)
             for value, write, label in facts if numbers.as_float(value) is not None]  # fmt: skip
    return el("ul", items, class_="facts") if items else None


def _closest(found: Mapping[str, Any]) -> Node:
    usd = found.get("closest_usd_current", found.get("closest_usd"))
    if numbers.as_float(usd) is None:
        return None
    share = numbers.as_float(found.get("closest_cost_fall_share"))
    key = "backward.closest.plain" if share is None else "backward.closest"
    return el("p", text(key, usd=numbers.usd(usd), share=numbers.share(share)))
