"""Two trips of the teaching study by the clock: prints ``docs/tutorials/by-the-clock.md``.

Standard library only; the figures are typed, never read. Run

    python tests/by_hand/by_the_clock.py --write

to renew the page; without ``--write`` it goes to standard output.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "by-the-clock.md"
ALPHA = dt.timezone(dt.timedelta(hours=5))
CHARLIE = dt.timezone(dt.timedelta(hours=3, minutes=30))

# What is added to a copy of the teaching study: invented, like all of it.
ADDED = {
    "opening_hours": (
        "opening_id,place_kind,place_ids,weekdays,open_time,close_time,time_zone,calendar_id,"
        "source,status",
        "QUAY,border_crossing,AC_FERRY,,08:00,18:00,Asia/Tehran,FEAST,SRC_ASSUME,assumed",
        "BEACON,border_crossing,BC_ROAD,mon;tue;wed;thu;fri;sat,07:00,19:00,Etc/GMT-5,,"
        "SRC_ASSUME,assumed",
    ),
    "holiday": (
        "holiday_id,calendar_id,name,rule,month,day,days,source,status",
        "NEW_YEAR,FEAST,Nowruz,solar_hijri,1,1,4,SRC_ASSUME,assumed",
    ),
    "departure": (
        "departure_id,timetable_id,from_node_id,weekdays,departs,time_zone,cutoff_h,source,status",
        "SOUTH,TT1,rail:2:AAA:1520,mon;thu,18:00,Etc/GMT-5,6,SRC_ASSUME,assumed",
    ),
    "driving_rule": (
        "driving_rule_id,drive_before_break_h,break_h,drive_h_per_day,rest_h,source,status",
        "ALL,4.5,0.75,9,11,SRC_ASSUME,assumed",
    ),
}
# Rows whose state becomes open: the train ferry, and the yard that changes the gauge after it.
OPENED = {"link": ("L12",), "transshipment": ("T09", "T10", "T11", "T12")}


@dataclass(frozen=True)
class Step:
    """One step of a trip: what, how long it takes, and the time after it."""

    what: str
    minutes: int
    after: dt.datetime
    wait: str = ""
    ends_leg: bool = False


class Trip:
    """Adds up steps."""

    def __init__(self, start: str) -> None:
        self.start = self.now = dt.datetime.fromisoformat(start)
        self.steps: list[Step] = []

    def take(self, what: str, minutes: float, *, wait: str = "", leg: bool = False) -> None:
        whole = round(minutes)
        assert abs(whole - minutes) < 1e-9
        self.now += dt.timedelta(minutes=whole)
        self.steps.append(Step(what, whole, self.now, wait, leg))

    def until(self, what: str, time: str, wait: str) -> None:
        later = dt.datetime.fromisoformat(time)
        self.take(what, (later - self.now).total_seconds() / 60, wait=wait)

    def pause(self, hours: float) -> None:
        kind = "break" if hours < 1 else "rest"
        self.take(f"{kind} of the driver", hours * 60, wait=kind)

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def leg_ends(self) -> list[dt.datetime]:
        return [step.after for step in self.steps if step.ends_leg]

    @property
    def waits(self) -> list[tuple[str, int]]:
        return [(step.wait, step.minutes) for step in self.steps if step.wait]


def by_ferry() -> Trip:
    """Machinery from Alpha City by rail and train ferry, leaving on Tuesday 18 March 2025."""
    t = Trip("2025-03-18T06:00+05:00")
    t.take("truck to the rail terminal: 12 h + 20 km ÷ 20 km/h", 13 * 60, leg=True)
    t.take("rail Alpha City - Alpha Port: 320 km ÷ 40 km/h", 8 * 60, leg=True)
    t.until("wait for the ferry of Thursday, 18:00", "2025-03-20T18:00+05:00", "departure")
    t.take("train ferry: 1,050 km ÷ 25 km/h + 10 h at the berths", (42 + 10) * 60)
    # Charlie Port is 1 h 30 min behind: 20:30 on 2 Farvardin. Nowruz lasts to 4 Farvardin.
    t.until("wait for the border after Nowruz: Tuesday, 08:00 in Charlieland",
            "2025-03-25T08:00+03:30", "opening")  # fmt: skip
    t.take("border, Alphaland to Charlieland", 6 * 60, leg=True)
    t.take("change of gauge", 8 * 60, leg=True)
    t.take("rail Charlie Port - Charlie City: 320 km ÷ 40 km/h", 8 * 60, leg=True)
    t.take("truck from the rail terminal: 12 h + 20 km ÷ 20 km/h", 13 * 60, leg=True)
    return t


def by_road() -> Trip:
    """Machinery from Alpha City by truck, leaving on Friday 21 March 2025."""
    t = Trip("2025-03-21T05:10+05:00")
    t.take("truck from the yard: 3 h + 20 km ÷ 20 km/h", 4 * 60, leg=True)
    # 450 km ÷ 60 km/h = 7 h 30 min at the wheel.
    t.take("road in Alphaland, first 4 h 30 min", 270)
    t.pause(0.75)
    t.take("road in Alphaland, the other 3 h", 180, leg=True)
    t.take("border, Alphaland to Bravoland (10 h: a break, not yet a rest of 11 h)", 600, leg=True)
    # 480 km ÷ 60 km/h = 8 h; of the day's 9 h only 1 h 30 min are left.
    t.take("road in Bravoland, 1 h 30 min to the 9 h of the day", 90)
    t.pause(11)
    t.take("road in Bravoland, next 4 h 30 min", 270)
    t.pause(0.75)
    t.take("road in Bravoland, the last 2 h", 120, leg=True)
    t.until("Saturday 23:10: the border opens on Monday, 07:00", "2025-03-24T07:00+05:00",
            "opening")  # fmt: skip
    t.take("border, Bravoland to Charlieland (longer than a rest)", 16 * 60, leg=True)
    # 360 km ÷ 60 km/h = 6 h.
    t.take("road in Charlieland, first 4 h 30 min", 270)
    t.pause(0.75)
    t.take("road in Charlieland, the other 1 h 30 min", 90, leg=True)
    t.take("truck to the yard: 3 h + 20 km ÷ 20 km/h", 4 * 60, leg=True)
    return t


# The mean of a year for the ferry trip: half of a headway of 48 h, and Σ gap² / (2 · 168) for a
# border that is shut 14 hours every night.
MEAN_WAIT_H = 7 * 14**2 / (2 * 168)
MEAN_FERRY_H = 13 + 8 + 48 / 2 + 42 + 10 + MEAN_WAIT_H + 6 + 8 + 8 + 13


def span(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02d} min"


def trip_table(trip: Trip) -> str:
    lines = ["| step | takes | then it is |", "|---|---|---|"]
    for step in trip.steps:
        what = f"*{step.what}*" if step.wait else step.what
        lines.append(
            f"| {what} | {span(step.minutes)} | {step.after.astimezone(ALPHA):%a %d %b %H:%M} |"
        )
    lines.append(f"| **in all** | **{span(trip.minutes)}** | |")
    return "\n".join(lines)


def page() -> str:
    """Return the whole page."""
    rows = "\n\n".join(
        f"`{name}.csv`\n\n" + "\n".join(f"    {line}" for line in lines)
        for name, lines in ADDED.items()
    )
    ferry, road = by_ferry(), by_road()
    return f"""# Two trips by the clock, computed by hand

<!-- written by tests/by_hand/by_the_clock.py; do not edit -->

The [teaching study](teaching.md) knows means: half a headway, the mean stay at a border. Here a
copy of it learns days and hours, and two trips are followed to the minute. All figures are
invented; the tests hold the product to every time on this page.

## What the copy learns

    opencorridor study new clock --from teaching

Add these four files to the folder `clock`:

{rows}

and set `state` to `open` for link {OPENED["link"][0]} (the train ferry) and for the transshipments
{", ".join(OPENED["transshipment"])} (the yard at Charlie Port). Alphaland is five hours ahead of
UTC; the quay in Charlieland keeps the clock of Tehran, three and a half. Nowruz is 1 to 4
Farvardin: 21 to 24 March in 2025.

## By train ferry

    opencorridor route "Alpha City" "Charlie City" --study clock --commodity M --mode rail \\
      --no-transit BBB --depart 2025-03-18T06:00+05:00

Times are those of Alphaland.

{trip_table(ferry)}

The ferry leaves on Mondays and Thursdays at 18:00 and wants the wagons six hours before: who is
there on Thursday by 12:00 sails the same day.

Asked without a time of departure, the same way takes the mean of a year: half of a headway of 48 h
instead of the wait for Thursday, and for the border, open 10 of 24 hours, the mean wait of an
arrival at any hour. In a gap of 14 h one waits 7 h on average, and 7 gaps fill 98 of the 168 hours
of a week: Σ gap² ÷ (2 · 168) = 7 · 14² ÷ 336 = {MEAN_WAIT_H:.4f} h. So
13 + 8 + 24 + 42 + 10 + {MEAN_WAIT_H:.4f} + 6 + 8 + 8 + 13 = **{MEAN_FERRY_H:.4f} h**.
`opencorridor check` gives a notice: two departures a week are 84 h apart on average, and the
headway says 48. A mean that is to agree with its departures has to say 84.

## By truck

    opencorridor route "Alpha City" "Charlie City" --study clock --commodity M --mode road \\
      --depart 2025-03-21T05:10+05:00

The rule: a break of 45 min after 4 h 30 min at the wheel, 9 h a day, 11 h of rest. A stop at a
border counts as break or rest where it is long enough.

{trip_table(road)}

Table `speed` says 12 hours of movement a day, which doubles the hours of a road in the mean of a
year; with a time of departure the rule stands in its place.
"""


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
