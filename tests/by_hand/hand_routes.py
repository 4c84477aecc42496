"""Every route of the teaching study, leg by leg."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hand_figures import (
    BASE,
    CARGO,
    CO2_ACCESS,
    CO2_PORT,
    CO2_RAIL,
    CO2_ROAD,
    CO2_SEA,
    CUT,
    ZONES,
    Figures,
    country,
    with_measure,
)

# Places of the chain that land routes walk along, and the country of the stretch after each.
CHAIN = ("A2", "A1", "AB", "B1", "BC", "C1", "C2")
STRETCH = ("AAA", "AAA", "BBB", "BBB", "CCC", "CCC")
LABEL = {
    "A1": "Alpha City",
    "A2": "Alpha Port",
    "AB": "Alba Gate",
    "B1": "Bravo Junction",
    "BC": "Beacon Gate",
    "C1": "Charlie City",
    "C2": "Charlie Port",
}
SIDES = {"AB": ("AAA", "BBB"), "BC": ("BBB", "CCC")}
CROSSING = {
    ("AB", "rail"): "AB_RAIL",
    ("AB", "road"): "AAA-BBB-RO01",
    ("BC", "rail"): "BC_RAIL",
    ("BC", "road"): "BC_ROAD",
}


@dataclass(frozen=True)
class Leg:
    """One leg: hours, US$ and kg of CO2e per tonne, km."""

    what: str
    hours: float
    usd: float
    km: float = 0.0
    co2: float = 0.0
    crossing: str = ""
    to_country: str = ""
    terminal: str = ""


@dataclass(frozen=True)
class Route:
    """A route of a class between two zones."""

    mode: str
    legs: tuple[Leg, ...]
    value_of_time: float

    @property
    def hours(self) -> float:
        return sum(leg.hours for leg in self.legs)

    @property
    def usd(self) -> float:
        return sum(leg.usd for leg in self.legs)

    @property
    def km(self) -> float:
        return sum(leg.km for leg in self.legs)

    @property
    def co2(self) -> float:
        return sum(leg.co2 for leg in self.legs)

    @property
    def cost(self) -> float:
        """Generalised cost: money + value of time x hours (no price on carbon or spread)."""
        return self.usd + self.value_of_time * self.hours

    def passes(self, crossing: str, to_country: str) -> bool:
        return any(leg.crossing == crossing and leg.to_country == to_country for leg in self.legs)


def flow_kind(here: str, start: str, end: str) -> str:
    """Domestic where both ends lie here, import_export where one does, else transit."""
    if start == end == here:
        return "domestic"
    return "import_export" if here in (start, end) else "transit"


def access(f: Figures, mode: str, k: str, zone: str) -> Leg:
    what = f"truck between {LABEL[zone]} and its {mode} terminal"
    return Leg(what, f.access_h[mode], f.access_usd[mode, k], 20, 20 * CO2_ACCESS)


def border(f: Figures, place: str, mode: str, k: str, forward: bool) -> Leg:
    a, b = SIDES[place] if forward else SIDES[place][::-1]
    crossing = CROSSING[place, mode]
    hours, usd = f.dwell_h[crossing, a, b, k], f.dwell_usd[crossing, a, b]
    return Leg(f"border {crossing}, {a} to {b}", hours, usd, 0, 0, crossing, b)


def stretch(f: Figures, n: int, mode: str, k: str, ends: tuple[str, str], forward: bool) -> Leg:
    """Ride between neighbours ``n`` and ``n + 1`` of the chain."""
    here = STRETCH[n]
    kind = flow_kind(here, *ends)
    names = (LABEL[CHAIN[n]], LABEL[CHAIN[n + 1]])
    a, b = names if forward else names[::-1]
    if mode == "rail":
        km, speed = f.rail_km[n], f.rail_km_per_h[here]
        rate, co2 = f.rail_rate[here, k, kind], CO2_RAIL[here]
    else:
        km, speed = f.road_km[n], f.road_km_per_h
        rate, co2 = f.road_rate[here, k, kind], CO2_ROAD
    return Leg(f"{mode} {a} - {b} ({kind})", km / speed, km * rate, km, km * co2)


def gauge(f: Figures, k: str) -> Leg:
    return Leg("change of gauge at Beacon Gate", *f.gauge[k])


def land(f: Figures, mode: str, k: str, start: str, end: str, ends: tuple[str, str]) -> list[Leg]:
    """Legs along the chain from place to place, without the access at either end."""
    i, j = CHAIN.index(start), CHAIN.index(end)
    forward = i < j
    legs: list[Leg] = []
    steps = range(i, j) if forward else range(i - 1, j - 1, -1)
    for n in steps:
        legs.append(stretch(f, n, mode, k, ends, forward))
        place = CHAIN[n + 1] if forward else CHAIN[n]
        if place in SIDES and place != end:
            cross = border(f, place, mode, k, forward)
            change = [gauge(f, k)] if (place, mode) == ("BC", "rail") else []
            legs += [cross, *change] if forward else [*change, cross]
    return legs


def bright(f: Figures, k: str, start: str, end: str, ends: tuple[str, str]) -> list[Leg]:
    """Legs of the rail way by Bright Gate, which leaves out Beacon Gate."""
    forward = CHAIN.index(start) < CHAIN.index(end)
    a, b = ("BBB", "CCC") if forward else ("CCC", "BBB")
    ride = []
    for here, km in zip(("BBB", "CCC"), f.bright_km, strict=True):
        rate = f.rail_rate[here, k, flow_kind(here, *ends)]
        leg = Leg(f"rail by Bright Gate in {here}", km / f.bright_km_per_h, km * rate, km,
                  km * CO2_RAIL[here])  # fmt: skip
        ride.append(leg)
    cross = Leg("border BC_BRIGHT", f.dwell_h["BC_BRIGHT", a, b, k], f.dwell_usd["BC_BRIGHT", a, b],
                0, 0, "BC_BRIGHT", b)  # fmt: skip
    change = Leg("change of gauge at Bright Gate", *f.gauge_bright[k])
    middle = [ride[0], cross, change, ride[1]] if forward else [ride[1], change, cross, ride[0]]
    near, far = ("B1", "C1") if forward else ("C1", "B1")
    before = land(f, "rail", k, start, near, ends) if start != near else []
    after = land(f, "rail", k, far, end, ends) if end != far else []
    return [*before, *middle, *after]


def port(f: Figures, way: str, town: str, k: str) -> Leg:
    hours, usd = (f.port_out if way == "to the ship" else f.port_in)[town[0], k]
    return Leg(f"{LABEL[town]}, {way}", hours, usd, 0, CO2_PORT, terminal=f"PORT_{town[0]}")


def by_sea(f: Figures, k: str, start: str, end: str, ends: tuple[str, str]) -> list[Leg]:
    """Legs by sea: bulk reaches the port by rail, boxes by truck; port towns have a quay."""
    mode = "rail" if CARGO[k] == "bulk" else "road"
    first, last = ("A2", "C2") if start[0] in "AB" else ("C2", "A2")
    legs: list[Leg] = []
    if start == first:
        legs.append(access(f, "sea", k, start))
    else:
        legs += [access(f, mode, k, start), *land(f, mode, k, start, first, ends)]
        legs.append(port(f, "to the ship", first, k))
    km = f.sea_km
    legs.append(Leg(f"sea {LABEL[first]} - {LABEL[last]}", km / f.sea_km_per_h,
                    km * f.sea_rate[k], km, km * CO2_SEA))  # fmt: skip
    if end == last:
        legs.append(access(f, "sea", k, end))
    else:
        legs.append(port(f, "off the ship", last, k))
        legs += [*land(f, mode, k, last, end, ends), access(f, mode, k, end)]
    return legs


def by_ferry(f: Figures, k: str) -> Route:
    """Alpha City to Charlie City with the train ferry, were it open: wagons stay loaded."""
    ends = ("AAA", "CCC")
    payload = {"M": 40, "G": 60}[k]
    rate, fixed = {"M": (0.8, 200), "G": (0.6, 240)}[k]
    # Half of the 48 h between sailings, 10 h of berth, 1,050 km at 25 km/h.
    hours = 48 / 2 + 10 + 1050 / 25
    sail = Leg("train ferry", hours, (1050 * rate + fixed) / payload, 1050, 1050 * 0.030)
    legs = (
        access(f, "rail", k, "A1"),
        *land(f, "rail", k, "A1", "A2", ends),
        sail,
        Leg("border AC_FERRY", 6, 2, 0, 0, "AC_FERRY", "CCC"),
        Leg("change of gauge at Charlie Port", *f.gauge[k]),
        *land(f, "rail", k, "C2", "C1", ends),
        access(f, "rail", k, "C1"),
    )
    return Route("rail and train ferry", legs, f.value_of_time[k])


def routes(f: Figures, start: str, end: str, k: str) -> list[Route]:
    """Every sensible route of a class between two zones, cheapest first."""
    ends = (country(start), country(end))
    vot = f.value_of_time[k]
    found = [
        Route(
            mode,
            (access(f, mode, k, start), *land(f, mode, k, start, end, ends),
             access(f, mode, k, end)),
            vot,
        )
        for mode in ("rail", "road")
    ]  # fmt: skip
    if {start[0], end[0]} == {"A", "C"}:
        found.append(Route("sea", tuple(by_sea(f, k, start, end, ends)), vot))
    over_the_gate = (start[0] == "C") != (end[0] == "C")
    if over_the_gate and f.bright_line_open and f.bright_yard_open:
        middle = bright(f, k, start, end, ends)
        legs = (access(f, "rail", k, start), *middle, access(f, "rail", k, end))
        found.append(Route("rail by Bright Gate", legs, vot))
    return sorted(found, key=lambda route: route.cost)


# Places with a capacity; that of the port counts bulk only.
CAPPED = ("BC_RAIL", "BC_ROAD", "BC_BRIGHT")
LONG_QUEUE_H = 120.0
MEASURES = ("ALBA_WINDOW", "DUTY_FREE", "BEACON_YARD", "BEACON_SHIFT", "BRIGHT_LINE",
            "BRIGHT_YARD", "TRANSIT_DEAL", "E_DECLARATION")  # fmt: skip


@cache
def kept(start: str, end: str, k: str) -> frozenset[str]:
    """Modes whose route comes within the cut of the cheapest in one of four states.

    As things stand or with all measures; without a queue, or with a long one at every place with
    a capacity.
    """
    everything = BASE
    for name in MEASURES:
        everything = with_measure(everything, name)
    found: set[str] = set()
    for f in (BASE, everything):
        for queue in (0.0, LONG_QUEUE_H):
            cost = {}
            for route in routes(f, start, end, k):
                capped = sum(leg.crossing in CAPPED for leg in route.legs)
                capped += sum(leg.terminal == "PORT_A" and k == "G" for leg in route.legs)
                cost[route.mode] = route.cost + route.value_of_time * queue * capped
            found |= {mode for mode, c in cost.items() if c <= CUT * min(cost.values())}
    return frozenset(found)


def offered(f: Figures, start: str, end: str, k: str) -> list[Route]:
    """Routes on offer: the kept ones that are open, cheapest first."""
    modes = kept(start, end, k)
    return [route for route in routes(f, start, end, k) if route.mode in modes]


def skim(f: Figures, k: str) -> dict[tuple[str, str], Route]:
    """Cheapest route of every pair of different zones."""
    return {(i, j): routes(f, i, j, k)[0] for i in ZONES for j in ZONES if i != j}
