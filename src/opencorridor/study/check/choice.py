"""Checks of the constants of the choice of ways and of captive goods."""

from __future__ import annotations

from collections.abc import Iterator

from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study


def _unknown(
    study: Study, table: str, column: str, known: set[str], what: str
) -> Iterator[Problem]:
    rows = study[table]
    for i, text in enumerate(rows[column].tolist()):
        for name in sorted({x for x in text.split(";") if x} - known):
            yield at(
                study,
                f"{table}_unknown_id",
                f"{name} is no {what}",
                table,
                i,
                column,
                expected=f"ids of {what}s, joined by ;",
                mend="correct the id or leave it out",
            )


@check("choice_constant_unknown_id", "choice_constant")
def constant_places(study: Study) -> Iterator[Problem]:
    """Check that places and countries of a constant exist."""
    places = set(study["border_crossing"]["border_crossing_id"].tolist())
    places |= set(study["terminal"]["terminal_id"].tolist())
    for column in ("passes", "then_passes"):
        yield from _unknown(study, "choice_constant", column, places, "crossing or terminal")
    countries = set(study["country"]["country_id"].tolist())
    for column in ("exporters", "importers"):
        yield from _unknown(study, "choice_constant", column, countries, "country")
    classes = set(study["commodity"]["class_id"].tolist())
    yield from _unknown(study, "choice_constant", "class_ids", classes, "class of goods")


@check("constant_of_nothing", "choice_constant")
def constant_of_nothing(study: Study) -> Iterator[Problem]:
    """Check that a constant names ways: places that are passed, or a country that is crossed."""
    table = study["choice_constant"]
    for i in range(table.n):
        if not table["passes"][i] and not table["country_id"][i]:
            yield at(
                study,
                "constant_of_nothing",
                f"constant {table['constant_id'][i]} names no ways, so it changes nothing",
                "choice_constant",
                i,
                "passes",
                expected="places in passes, or a country in country_id",
                mend="name what the constant is of",
            )


@check("constant_group_differs", "choice_constant")
def constant_group_differs(study: Study) -> Iterator[Problem]:
    """Check that rows of one group of constants have one number."""
    table, first = study["choice_constant"], dict[str, int]()
    for i, group in enumerate(table["constant_group"].tolist()):
        lead = first.setdefault(group, i)
        if table["cost_share"][i] != table["cost_share"][lead]:
            yield at(
                study,
                "constant_group_differs",
                f"group {group} has shares {table['cost_share'][lead]:g} and "
                f"{table['cost_share'][i]:g}",
                "choice_constant",
                i,
                "cost_share",
                expected=f"{table['cost_share'][lead]:g}, as in the group's first row",
                mend="give the row the group's number, or a group of its own",
            )


@check("captive_unknown_id", "captive")
def captive_countries(study: Study) -> Iterator[Problem]:
    """Check that countries of captive goods exist."""
    countries = set(study["country"]["country_id"].tolist())
    for column in ("exporters", "importers"):
        yield from _unknown(study, "captive", column, countries, "country")
