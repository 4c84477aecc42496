"""Time the workbench in a real browser, drawn in software, against the time each act may take.

``make bench`` runs it: the shipped study, its cache warm. Each quantity is taken several times; the
median must meet the bar, for the panning the worst must. It ends with 1 where a bar is missed.
``--out FILE`` writes the table as Markdown too, with the machine that it was measured on.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "src" / "opencorridor" / "web" / "dist" / "assets"
ASK = {"from": "Almaty", "to": "Bandar Abbas"}
WIDE = {"width": 1440, "height": 900}
TIMES = 5
PAN_S = 5
FRAMES = 60
ARGUMENTS = [
    "--no-sandbox", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip

# Notes the moments that the quantities are made of; it is there before the page's own scripts.
WATCH = """
window.seen = { paint: 0, answer: 0, long: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.paint = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.long.push([entry.startTime, entry.duration]);
}).observe({ type: "longtask", buffered: true });
const look = () => {
  if (document.querySelector("h1")?.textContent.trim()) seen.answer = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
MAP = "document.querySelector('.maplibregl-map')?.map"


@dataclass
class Row:
    """One line of the table: the values of a quantity and what they may be at most."""

    name: str
    values: list[float]
    bar: float | None
    unit: str = "ms"
    by_worst: bool = False

    @property
    def met(self) -> bool:
        """Whether the bar holds; True where there is none."""
        value = max(self.values) if self.by_worst else statistics.median(self.values)
        return self.bar is None or value <= self.bar

    def cells(self) -> list[str]:
        """Return name, unit, bar, median, 95th percentile, worst, number of values, verdict."""
        values = sorted(self.values)
        p95 = values[min(len(values) - 1, round(0.95 * (len(values) - 1)))]
        bar = "-" if self.bar is None else f"{self.bar:,.0f}"
        said = "-" if self.bar is None else "met" if self.met else "MISSED"
        shown = (statistics.median(values), p95, values[-1])
        return [self.name, self.unit, bar, *(f"{v:,.0f}" for v in shown), str(len(values)), said]


HEAD = ["quantity", "unit", "at most", "median", "p95", "worst", "n", ""]


def in_columns(rows: list[Row]) -> str:
    """Return the table for a terminal."""
    lines = [HEAD, *(row.cells() for row in rows)]
    return "\n".join(
        f"{cells[0]:<46}{cells[1]:>5}" + "".join(f"{c:>9}" for c in cells[2:6])
        + f"{cells[6]:>4}  {cells[7]}"
        for cells in lines
    )  # fmt: skip


def machine(browser: str) -> str:
    """Return in words what the table was measured on, and how busy it was."""
    busy = ""
    if hasattr(os, "getloadavg"):
        busy = f" Tasks that wanted a core in the last minute: {os.getloadavg()[0]:.1f}."
    return (
        f"Measured on {date.today().isoformat()} on {os.cpu_count()} cores ({platform.machine()}, "
        f"{platform.system()}), Python {platform.python_version()}, Chromium {browser}, "
        f"all drawing in software (SwiftShader, no graphics card), window "
        f"{WIDE['width']} x {WIDE['height']}.{busy}"
    )


def as_page(rows: list[Row], where: str) -> str:
    """Return the table as a page of the documentation."""
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return (
        "# Speed of the workbench\n\n"
        "`make bench` makes this page with the shipped study in a real browser; the server is warm "
        "but for its start. The median must meet the bar, for the panning the worst value.\n\n"
        f"{where}\n\n{table}\n"
    )


def call(address: str, body: dict[str, Any] | None = None) -> Any:
    """Return the JSON answer of the API."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


@contextlib.contextmanager
def served(rows: list[Row]) -> Iterator[str]:
    """Start the server, time its start, and give its address once a run's results are there."""
    start = time.perf_counter()
    command = [sys.executable, "-c", "from opencorridor.cli.main import main; main()", "serve"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--no-open"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = next(filter(None, (re.search(r"http://[\d.]+:\d+", s) for s in process.stdout)))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        said = time.perf_counter()
        call(f"{found[0]}/api/v1/study")
        first = time.perf_counter()
        rows.append(Row("serve: to the printed address", [1000 * (said - start)], None))
        rows.append(Row("serve: to the study's first answer", [1000 * (first - start)], None))
        while not call(f"{found[0]}/api/v1/results/latest")["result"]:
            time.sleep(1)
        yield found[0]
    finally:
        process.terminate()
        process.wait(timeout=30)


def fresh(browser: Browser) -> Page:
    """Return a page of a new visitor, whose cache is empty."""
    page = browser.new_context(viewport=WIDE, locale="en").new_page()  # type: ignore[arg-type]
    page.set_default_timeout(60_000)
    page.add_init_script(WATCH)
    return page


def until(page: Page, holds: str) -> None:
    """Wait until an expression holds; the page's policy forbids Playwright's own way."""
    end = time.perf_counter() + 60
    while not page.evaluate(holds):
        if time.perf_counter() > end:
            sys.exit(f"waited in vain for {holds}")
        page.wait_for_timeout(20)


def paint(browser: Browser, address: str) -> list[Row]:
    """Open the first page: when the answer's sentence stands there, and the largest paint."""
    answer, largest = [], []
    for _ in range(TIMES):
        page = fresh(browser)
        page.goto(address)
        until(page, "seen.answer > 0")
        page.wait_for_timeout(1500)
        answer.append(page.evaluate("seen.answer"))
        largest.append(page.evaluate("seen.paint"))
        page.context.close()
    return [
        Row("first page: the answer is there", answer, 2000),
        Row("first page: largest paint", largest, 2000),
    ]


def open_map(page: Page, address: str, crossing: str, off: str) -> None:
    """Open a route with the card of a crossing, and wait until the map is at rest."""
    query = urllib.parse.urlencode({**ASK, "sel": f"x:{crossing}", "off": off})
    page.goto(f"{address}/map?{query}")
    page.get_by_role("article").first.wait_for()
    until(page, f"{MAP}?.loaded() && !!{MAP}.getSource('routes')")
    page.wait_for_timeout(3000)


def hover(page: Page) -> Row:
    """Move the pointer onto crossings: until the frame in which they are highlighted."""
    points = page.evaluate(
        f"""() => {{
          const map = {MAP}, box = map.getCanvas().getBoundingClientRect();
          const set = map.setFeatureState.bind(map);
          const moved = () => (seen.moved ??= performance.now());
          const lit = () => (seen.lit ??= performance.now() - seen.moved);
          map.getCanvas().addEventListener("mousemove", moved, true);
          map.setFeatureState = (at, state) => {{
            set(at, state);
            if (state.hover) map.once("render", lit);
          }};
          return map.queryRenderedFeatures({{ layers: ["crossings"] }})
            .map((f) => map.project(f.geometry.coordinates))
            .map(({{ x, y }}) => [box.x + x, box.y + y])
            .filter(([x, y]) => document.elementFromPoint(x, y) === map.getCanvas());
        }}"""
    )
    took = []
    for x, y in points[:12]:
        page.mouse.move(x - 60, y - 60)
        page.wait_for_timeout(200)
        page.evaluate("delete seen.moved; delete seen.lit")
        page.mouse.move(x, y)
        page.wait_for_timeout(300)
        value = page.evaluate("seen.lit ?? -1")
        if value >= 0:
            took.append(value)
    return Row("hover to highlight", took, 100)


def slide(page: Page) -> list[Row]:
    """Step the slider of a crossing's hours: until the new line of the best route is set, and until
    the whole study's trade is there. Routes beside the best follow when the slider rests.
    """
    page.locator("details summary").first.click()
    slider = page.locator(".edit input[type=range]").first
    page.evaluate(
        f"""() => {{
          const source = {MAP}.getSource("routes"), set = source.setData.bind(source);
          source.setData = (data) => {{
            seen.line = performance.now();
            seen.first ||= seen.line;
            return set(data);
          }};
        }}"""
    )
    line, routes, every, trade = [], [], [], []
    for _ in range(TIMES):
        since = slider.evaluate(
            """(input) => {
              const since = performance.now();
              seen.line = seen.first = 0;
              input.stepUp(3);
              input.dispatchEvent(new Event("input", { bubbles: true }));
              input.dispatchEvent(new Event("change", { bubbles: true }));
              return since;
            }"""
        )
        last = (
            "performance.getEntriesByType('resource').filter((e) => e.startTime >= %f && %s).at(-1)"
        )
        asked = last % (since, "e.name.endsWith('/routes') && e.responseEnd")
        first = asked.replace(".at(-1)", "[0]")
        solved = last % (since, "e.name.endsWith('/scenarios/solve') && e.responseEnd")
        until(page, f"seen.line > {since} && !!{asked}")
        until(page, f"!!{solved}")
        line.append(page.evaluate("seen.first") - since)
        routes.append(page.evaluate(f"{first}.duration"))
        every.append(page.evaluate("seen.line") - since)
        trade.append(page.evaluate(f"{solved}.responseEnd") - since)
        page.wait_for_timeout(500)
    return [
        Row("slider: the best route's new line is set", line, 300),
        Row("slider: of it the server's answer", routes, None),
        Row("slider: all routes are new, at rest", every, None),
        Row("slider: the whole study's trade is solved", trade, 5000),
    ]


def pan(page: Page) -> Row:
    """Drag the map to and fro with all layers on; the longest task of the main thread."""
    box = page.evaluate(f"{MAP}.getCanvas().getBoundingClientRect().toJSON()")
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    since = page.evaluate("performance.now()")
    page.mouse.down()
    end = time.perf_counter() + PAN_S
    step = 0
    while time.perf_counter() < end:
        step += 1
        page.mouse.move(x - 200 + abs(step * 8 % 800 - 400), y)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(500)
    long = page.evaluate(f"seen.long.filter(([at]) => at >= {since}).map(([, ms]) => ms)")
    return Row("panning: longest task (0: none above 50)", long or [0.0], 50, by_worst=True)


def redraw(page: Page) -> Row:
    """Draw the map again and again, right after the pointer moved: from the wish to the frame."""
    took = page.evaluate(
        f"""async () => {{
          const map = {MAP}, took = [];
          for (let i = 0; i < {FRAMES}; i++) {{
            await new Promise((done) => {{
              const since = performance.now();
              map.once("render", () => {{ took.push(performance.now() - since); done(); }});
              map.triggerRepaint();
            }});
          }}
          return took;
        }}"""
    )
    return Row("redraw", took, 100)


def scripts() -> Row:
    """Weigh all scripts, compressed."""
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in DIST.glob("*.js"))
    return Row("all scripts, gzip", [size / 1000], 700, unit="kB")


def crossing_of(address: str) -> str:
    """Return the first crossing of the first route."""
    routes = call(f"{address}/api/v1/routes", {"origin": ASK["from"], "destination": ASK["to"]})[
        "routes"
    ]
    legs = [leg for route in routes for leg in route["legs"]]
    return next(str(leg["border_crossing"]) for leg in legs if leg["border_crossing"])


def crossing_id(address: str, name: str) -> str:
    """Return the id of a crossing by its id or English name."""
    for feature in call(f"{address}/api/v1/map/crossings")["features"]:
        said = feature["properties"]
        if name in (said["id"], *said["names"].values()):
            return str(said["id"])
    sys.exit(f"the map has no crossing {name}")


def main(out: Path | None) -> int:
    """Print one row a quantity and return the exit code."""
    chromium = os.environ.get("OPENCORRIDOR_CHROMIUM") or shutil.which("chromium")
    if chromium is None or not DIST.is_dir():
        print("needs Chromium (OPENCORRIDOR_CHROMIUM names it) and the built pages (make web)")
        return 0
    rows: list[Row] = []
    with served(rows) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        rows += paint(browser, address)
        # A server that has just started prepares the trade of its pair last, on a core of its own.
        call(f"{address}/api/v1/trade/levers", {"levers": []})
        time.sleep(3)
        page = fresh(browser)
        crossing = crossing_id(address, crossing_of(address))
        open_map(page, address, crossing, "none")
        rows += [hover(page), redraw(page), pan(page), *slide(page), scripts()]
        where = machine(browser.version)
        browser.close()
    print(in_columns(rows), where, sep="\n")
    if out is not None:
        out.write_text(as_page(rows, where), encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="page to write")
    sys.exit(main(parser.parse_args().out))
