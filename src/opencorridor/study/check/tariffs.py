"""Checks of dated rail tariffs and of the direction of restrictions."""

from __future__ import annotations

from collections.abc import Iterator

from opencorridor.study.check.registry import Suggester, at, check
from opencorridor.study.check.times import overlapping
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study

_GATES = ("enters_by", "leaves_by", "except_enters_by", "except_leaves_by")
_KEY = (
    "country_id", *_GATES, "link_ids", "flow_kind", "cargo", "class_ids", "except_class_ids",
    "goods", "unit", "ownership", "loaded", "gross_t_from", "gross_t_to", "applies", "several",
)  # fmt: skip
_T = "tariff_rail"


def _given(value: float) -> bool:
    return value == value


def _known(study: Study) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Return the countries of every crossing, and the country of every terminal."""
    t, terminal = study["border_crossing"], study["terminal"]
    columns = (t[c] for c in ("border_crossing_id", "country_a", "country_b"))
    crossings = {name: {a, b} for name, a, b in zip(*columns, strict=True)}
    return crossings, dict(zip(terminal["terminal_id"], terminal["country_id"], strict=True))


@check("tariff_place", _T)
def tariff_place(study: Study) -> Iterator[Problem]:
    """Check that the places of a tariff exist and lie in, or at the border of, its country."""
    t = study[_T]
    if not t.n:
        return
    crossings, terminals = _known(study)
    near = Suggester({*crossings, *terminals})
    for i in range(t.n):
        home = t["country_id"][i]
        for column in _GATES:
            for name in filter(None, t[column][i].split(";")):
                of = crossings.get(name, set()) | {terminals.get(name, "")} - {""}
                if name not in crossings and name not in terminals:
                    message = f"there is no border crossing or terminal {name!r}"
                    yield at(study, "tariff_place", message, _T, i, column,
                             "ids of border crossings or terminals", near(name))  # fmt: skip
                elif home not in of:
                    message = f"{name} is a place of {' and '.join(sorted(of))}, not of {home}"
                    yield at(study, "tariff_place", message, _T, i, column,
                             f"a place of {home}")  # fmt: skip


@check("tariff_price", _T)
def tariff_price(study: Study) -> Iterator[Problem]:
    """Check that a tariff has a coefficient or a through rate, and each its unit."""
    t = study[_T]
    for i in range(t.n):
        coefficient, rate = _given(t["coefficient"][i]), _given(t["rate_usd_per_unit_km"][i])
        if coefficient == rate:
            message = "both a coefficient and a through rate" if rate else "neither of them"
            yield at(study, "tariff_price", message, _T, i, "coefficient",
                     "a coefficient or a through rate")  # fmt: skip
        per_unit = ("rate_usd_per_unit_km", "base_usd_per_unit_km")
        needs = any(_given(t[name][i]) for name in per_unit) or t["fixed_usd_per_unit"][i] > 0
        if needs and not t["unit"][i]:
            message = "a rate or base without the unit that it is per"
            yield at(study, "tariff_price", message, _T, i, "unit", "t, teu, feu or wagon")
        if t["applies"][i] == "surcharge" and (rate or not t["link_ids"][i]):
            column = "rate_usd_per_unit_km" if rate else "link_ids"
            message = "a surcharge is a coefficient on the links of a section"
            yield at(study, "tariff_price", message, _T, i, column,
                     "blank" if rate else "ids of links",
                     "name the links, or type what is excepted from a discount")  # fmt: skip


@check("tariff_base", _T)
def tariff_base(study: Study) -> Iterator[Problem]:
    """Check that a coefficient has a base rate: one row of rail rates, a number, or the usual."""
    t, rates = study[_T], study["mode_rate"]
    row = {name: i for i, name in enumerate(rates["rate_id"])}
    rail = {c for m, c in zip(rates["mode"], rates["country_id"], strict=True) if m == "rail"}
    for i in range(t.n):
        if not _given(t["coefficient"][i]) or t["applies"][i] == "note":
            continue
        named, number = t["base_rate_id"][i], _given(t["base_usd_per_unit_km"][i])
        if named and number:
            message = "the coefficient has two bases"
            yield at(study, "tariff_base", message, _T, i, "base_usd_per_unit_km", "blank")
        elif named and named in row and rates["mode"][row[named]] != "rail":
            message = f"{named} is no rail rate"
            yield at(study, "tariff_base", message, _T, i, "base_rate_id", "a row of mode rail")
        elif number and not t["base_status"][i]:
            message = "nothing says whether the base was observed or assumed"
            yield at(study, "tariff_base", message, _T, i, "base_status",
                     "observed, derived or assumed")  # fmt: skip
        elif not named and not number and not rail & {"", t["country_id"][i]}:
            message = f"a coefficient without base: {t['country_id'][i]} has no rail rate"
            yield at(study, "tariff_base", message, _T, i, "coefficient",
                     "base_rate_id, base_usd_per_unit_km or a row of mode_rate")  # fmt: skip


@check("tariff_bounds", _T)
def tariff_bounds(study: Study) -> Iterator[Problem]:
    """Check that a tariff can hold at all: weights, dates and places do not shut it out."""
    t = study[_T]
    for i in range(t.n):
        low, high = t["gross_t_from"][i], t["gross_t_to"][i]
        if low > high:
            message = f"no unit is heavier than {low:g} t and not above {high:g} t"
            yield at(study, "tariff_bounds", message, _T, i, "gross_t_to", f"more than {low:g}")
        start, end = t["valid_from"][i], t["valid_to"][i]
        if start and end and end < start:
            message = f"it ends before it begins on {start}"
            yield at(study, "tariff_bounds", message, _T, i, "valid_to", "a later date")
        for column in ("enters_by", "leaves_by"):
            named = set(filter(None, t[column][i].split(";")))
            if named and named <= set(t[f"except_{column}"][i].split(";")):
                message = "every place that it names is excepted: it never holds"
                yield at(study, "tariff_bounds", message, _T, i, f"except_{column}",
                         "other places")  # fmt: skip
        if set(filter(None, t["class_ids"][i].split(";"))) & set(
            t["except_class_ids"][i].split(";")
        ):
            message = "a class is both named and excepted"
            yield at(study, "tariff_bounds", message, _T, i, "except_class_ids", "other classes")


@check("tariff_section", _T)
def tariff_section(study: Study) -> Iterator[Problem]:
    """Check that a section is of rail links of the country, without a way in or out."""
    t, link = study[_T], study["link"]
    of = {
        name: (mode, country)
        for name, mode, country in zip(
            link["link_id"], link["mode"], link["country_id"], strict=True
        )
    }
    for i in range(t.n):
        ids = list(filter(None, t["link_ids"][i].split(";")))
        if ids and any(t[column][i] for column in _GATES):
            message = "a section holds whatever the way before and after"
            yield at(study, "tariff_section", message, _T, i, "link_ids", "links, or places")
        for name in ids:
            if name in of and of[name] != ("rail", t["country_id"][i]):
                mode, country = of[name]
                message = f"link {name} is {mode} of {country or 'no country'}"
                yield at(study, "tariff_section", message, _T, i, "link_ids",
                         f"rail links of {t['country_id'][i]}")  # fmt: skip


@check("tariff_overlap", _T)
def tariff_overlap(study: Study) -> Iterator[Problem]:
    """Check that of two rows of one key never both hold."""
    for i, j in overlapping(study, _T, _KEY):
        t = study[_T]
        message = (
            f"holds for the same as row {t.locate(i)[1] or i + 2} "
            f"({t['tariff_rail_id'][i]}, {t['document_no'][i]}) on the same days"
        )
        mend = "remove one, or give them dates that do not overlap"
        yield at(study, "tariff_overlap", message, _T, j, "valid_from", "one row a day", mend)


@check("restriction_direction", "restriction")
def restriction_direction(study: Study) -> Iterator[Problem]:
    """Check that a restriction's direction, or trade, is one that its place can have."""
    t = study["restriction"]
    crossings, _ = _known(study)
    for i in range(t.n):
        named = {t[c][i] for c in ("from_country", "to_country")} - {""}
        share = 0.0 < t["allowed_share"][i] < 1.0
        column = "from_country" if t["from_country"][i] else "to_country"
        if named and t["place_kind"][i] != "border_crossing":
            message = f"a {t['place_kind'][i]} has no direction"
            yield at(study, "restriction_direction", message, "restriction", i, column, "blank")
            continue
        if (
            share
            and t["place_kind"][i] != "flow"
            and (named or t["exporter"][i] or t["importer"][i])
        ):
            message = "a share of a capacity has no direction and no trade"
            yield at(study, "restriction_direction", message, "restriction", i, "allowed_share",
                     "0, or no direction, exporter and importer")  # fmt: skip
        for place in t["place_ids"][i].split(";") if named else ():
            if place in crossings and not named <= crossings[place]:
                message = f"crossing {place} joins {' and '.join(sorted(crossings[place]))}"
                yield at(study, "restriction_direction", message, "restriction", i, column,
                         "its countries")  # fmt: skip
