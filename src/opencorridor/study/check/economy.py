"""Checks of trade, growth, prices and shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study

_SHARE_TOLERANCE = 1e-6


def _sums(study: Study, table: str, by: Sequence[str], code: str) -> Iterator[Problem]:
    rows = study[table]
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    first: dict[tuple[str, ...], int] = {}
    groups = zip(*(rows[c].tolist() for c in by), strict=True)
    for i, (group, share) in enumerate(zip(groups, rows["share"].tolist(), strict=True)):
        sums[group] += share
        first.setdefault(group, i)
    for group, total in sums.items():
        if not abs(total - 1) <= _SHARE_TOLERANCE:
            named = ", ".join(word or "all" for word in group)
            message = f"the shares of {named} add to {total:.6g}"
            yield at(study, code, message, table, first[group], "share", "a sum of 1")


@check("zone_country_sum", "zone_country")
def zone_country_sum(study: Study) -> Iterator[Problem]:
    """Check that the zones that stand for a country have shares that add to 1."""
    yield from _sums(study, "zone_country", ("country_id",), "zone_country_sum")


@check("zone_share_sum", "zone_share")
def zone_share_sum(study: Study) -> Iterator[Problem]:
    """Check that the shares of a country's zones in its exports or imports of a class add to 1."""
    by = ("country_id", "direction", "class_id")
    yield from _sums(study, "zone_share", by, "zone_share_sum")


@check("concordance_sum", "concordance")
def concordance_sum(study: Study) -> Iterator[Problem]:
    """Check that the classes of a sector have shares that add to 1."""
    by = ("sector_id", "exporter", "importer")
    yield from _sums(study, "concordance", by, "concordance_sum")


@check("sector_without_class", "sector")
def sector_without_class(study: Study) -> Iterator[Problem]:
    """Check that every sector that loads freight has a mix of classes for all pairs."""
    mix = study["concordance"]
    columns = (mix[c].tolist() for c in ("sector_id", "exporter", "importer"))
    known = {sector for sector, a, b in zip(*columns, strict=True) if not a and not b}
    table = study["sector"]
    for i, sector in enumerate(table["sector_id"].tolist()):
        if table["loads_freight"][i] == "1" and sector not in known:
            message = f"sector {sector} loads freight but has no classes"
            yield at(
                study,
                "sector_without_class",
                message,
                "sector",
                i,
                "sector_id",
                "rows of concordance with exporter and importer blank",
            )


@check("no_choice", "choice")
def no_choice(study: Study) -> Iterator[Problem]:
    """Check that every class of cargo has parameters of the choice of routes."""
    known = set(study["choice"]["class_id"].tolist())
    for i, name in enumerate(study["commodity"]["class_id"].tolist()):
        if name not in known and "" not in known:
            yield at(
                study,
                "no_choice",
                f"class {name} has no parameters of the choice of routes",
                "commodity",
                i,
                "class_id",
                expected="a row of table choice for the class, or one with a blank class_id",
                mend="add a row to choice.csv: scale, dissimilarity and path_size",
            )


def _traders(study: Study) -> tuple[set[str], set[str]]:
    flows = study["trade_flow"]
    return set(flows["exporter"].tolist()), set(flows["importer"].tolist())


@check("matrix_not_square", "trade_flow")
def matrix_not_square(study: Study) -> Iterator[Problem]:
    """Check that every country of the trade matrix both exports and imports."""
    exporters, importers = _traders(study)
    for country in sorted(exporters ^ importers):
        there, missing = "exporter", "importer"
        if country not in exporters:
            there, missing = missing, there
        first = int(np.flatnonzero(study["trade_flow"][there] == country)[0])
        yield at(
            study,
            "matrix_not_square",
            f"{country} is an {there} here and never an {missing}",
            "trade_flow",
            first,
            there,
            expected="the same countries as exporters and importers",
            mend=f"add a row with {country} as {missing}, with value 0 where it trades nothing",
        )


@check("domestic_in_trade_flow", "trade_flow")
def domestic_in_trade_flow(study: Study) -> Iterator[Problem]:
    """Check that trade flows are between two countries: domestic flows come from output."""
    flows = study["trade_flow"]
    for i in np.flatnonzero(flows["exporter"] == flows["importer"]).tolist():
        yield at(
            study,
            "domestic_in_trade_flow",
            "exporter and importer are the same",
            "trade_flow",
            i,
            "importer",
            "another country",
            "use table output",
        )


@check("no_domestic_flow", "output")
def no_domestic_flow(study: Study) -> Iterator[Problem]:
    """Check that every country of the trade matrix has an output in every sector that it trades."""
    exporters, importers = _traders(study)
    output = study["output"]
    known: dict[str, set[str]] = defaultdict(set)
    for country, sector in zip(
        output["country_id"].tolist(), output["sector_id"].tolist(), strict=True
    ):
        known[country].add(sector)
    sectors = set(study["trade_flow"]["sector_id"].tolist())
    for country in sorted(exporters | importers):
        missing = sorted(sectors - known[country])
        if missing:
            named = "any sector" if len(missing) == len(sectors) else ", ".join(missing[:8])
            yield Problem(
                "no_domestic_flow",
                f"{country} has no output of {named}, so no domestic flow",
                "output",
                "output.csv",
                column="country_id",
                value=country,
                expected="a row of output per country and sector",
                mend=f"add rows of {country} with their gross output",
            )


@check("country_without_zone", "zone_country")
def country_without_zone(study: Study) -> Iterator[Problem]:
    """Check that every country of the trade matrix has a zone where its goods start and end."""
    exporters, importers = _traders(study)
    known = set(study["zone_country"]["country_id"].tolist())
    for country in sorted((exporters | importers) - known):
        yield Problem(
            "country_without_zone",
            f"{country} trades but no zone stands for it",
            "zone_country",
            column="country_id",
            value=country,
            expected="rows of zone_country",
            mend="name its zones, or the gateway that it trades through",
        )


@check("theta_not_positive", "elasticity")
def theta_not_positive(study: Study) -> Iterator[Problem]:
    """Check that trade elasticities are positive."""
    table = study["elasticity"]
    for i in np.flatnonzero(~(table["theta"] > 0)).tolist():
        message = "the trade elasticity is not positive"
        yield at(study, "theta_not_positive", message, "elasticity", i, "theta", "sigma - 1 > 0")


@check("sector_without_elasticity", "elasticity")
def sector_without_elasticity(study: Study) -> Iterator[Problem]:
    """Check that every sector of the trade matrix has a trade elasticity."""
    known = set(study["elasticity"]["sector_id"].tolist())
    for sector in sorted(set(study["trade_flow"]["sector_id"].tolist()) - known):
        message = f"sector {sector} has no trade elasticity"
        yield Problem(
            "sector_without_elasticity",
            message,
            "elasticity",
            value=sector,
            expected="a row of elasticity",
        )


def _span(study: Study) -> range:
    settings = study.settings
    last = settings.target.year if settings.target else settings.baseline_year
    return range(settings.baseline_year, last + 1)


@check("deflator_years", "deflator")
def deflator_years(study: Study) -> Iterator[Problem]:
    """Check that the deflator covers the price year and every year to the target."""
    known = set(study["deflator"]["year"].tolist())
    missing = [y for y in sorted({*_span(study), study.settings.price_year}) if y not in known]
    if missing:
        named = ", ".join(str(year) for year in missing)
        yield Problem(
            "deflator_years",
            f"no price index for {named}",
            "deflator",
            column="year",
            expected="every year from the baseline to the target",
        )


@check("deflator_base", "deflator")
def deflator_base(study: Study) -> Iterator[Problem]:
    """Check that the price index is 1 in the price year."""
    table = study["deflator"]
    for i in np.flatnonzero(table["year"] == study.settings.price_year).tolist():
        if abs(table["price_index"][i] - 1) > 1e-9:
            message = "the price index is not 1 in the price year"
            yield at(
                study,
                "deflator_base",
                message,
                "deflator",
                i,
                "price_index",
                "1",
                "divide all indices by this one",
            )


@check("growth_years", "growth")
def growth_years(study: Study) -> Iterator[Problem]:
    """Check that growth covers every year to the target, of the country or of its region."""
    table = study["growth"]
    years: dict[str, set[float]] = defaultdict(set)
    for country, year in zip(table["country_id"].tolist(), table["year"].tolist(), strict=True):
        years[country].add(year)
    countries = study["country"]
    region = dict(zip(countries["country_id"].tolist(), countries["region"].tolist(), strict=True))
    with_path = {region.get(country, "") for country in years} - {""}
    exporters, importers = _traders(study)
    for country in sorted(exporters | importers | set(years)):
        missing = [str(y) for y in _span(study) if y not in years[country]]
        if not years[country] and region.get(country, "") in with_path:
            continue
        if missing:
            message = f"{country} has no growth for {', '.join(missing)}"
            yield Problem(
                "growth_years",
                message,
                "growth",
                column="year",
                value=country,
                expected="every year from the baseline to the target",
            )


@check("growth_base", "growth")
def growth_base(study: Study) -> Iterator[Problem]:
    """Check that the index of GDP is 1 in the year of the baseline."""
    table = study["growth"]
    odd = (table["year"] == study.settings.baseline_year) & ~(np.abs(table["gdp_index"] - 1) < 1e-9)
    for i in np.flatnonzero(odd).tolist():
        message = f"the index of {table['country_id'][i]} is not 1 in the baseline's year"
        yield at(study, "growth_base", message, "growth", i, "gdp_index", "1")
