"""Effects by name, and expected trade of rows that an estimate never saw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.study.errors import OpenCorridorError
from opencorridor.trade.estimate import estimate
from opencorridor.trade.prediction import Projection, expect, named_effects
from tests.trade.panels import made_panel, rows

TWO = ("exporter-year", "importer-year")


@pytest.mark.parametrize(
    "effects",
    [
        ("exporter",),
        ("exporter", "importer"),
        TWO,
        (*TWO, "pair"),
        (*TWO, "symmetric-pair"),
        (*TWO, "pair", "kind"),
        ("kind", "exporter-year", "importer-year"),
    ],
)
def test_named_effects_and_regressors_are_log_trade(effects: tuple[str, ...]) -> None:
    table = made_panel(7, 3)
    table["kind"] = np.array([f"k{i % 3}" for i in range(len(table["trade"]))], dtype=object)
    found = estimate(table, ["rta"], effects)
    assert expect(found, table) == pytest.approx(found.fitted, rel=1e-6)
    values = named_effects(found).values
    assert tuple(values) == effects
    if "exporter-year" in effects:
        assert ("C03", "2001") in values["exporter-year"]
    if "symmetric-pair" in effects:
        assert ("C01", "C02") in values["symmetric-pair"]
        assert ("C02", "C01") not in values["symmetric-pair"]


def test_a_pair_that_was_left_out_is_expected_where_it_was() -> None:
    table = made_panel(8, 3, noise=0.0)
    out = (table["exporter"] == "C01") & (table["importer"] == "C05")
    exact = np.exp(-0.7 * table["dist"]) * (1 + (table["exporter"] == "C01"))
    found = estimate(rows(table, ~out) | {"trade": exact[~out]}, ["dist"], TWO)
    assert expect(found, rows(table, out)) == pytest.approx(exact[out], rel=1e-7)


def refused(found: Any, table: Any) -> list[Any]:
    with pytest.raises(OpenCorridorError) as caught:
        expect(found, table)
    return list(caught.value.problems)


def test_what_has_no_effect_is_told_with_its_row() -> None:
    table = made_panel(6, 2)
    found = estimate(table, ["dist"], TWO)
    other = {key: values[:3].copy() for key, values in table.items()}
    other["importer"][1] = "C77"
    (problem,) = refused(found, other)
    assert (problem.code, problem.row, problem.value) == ("unknown_level", 3, "C77 2001")
    del other["dist"], other["year"]
    assert [(p.code, p.column) for p in refused(found, other)] == [
        ("missing_column", "dist"),
        ("missing_column", "year"),
    ]


def test_case_31_effects_of_groups_that_never_trade_are_not_added_up() -> None:
    table = made_panel(8, 2)
    apart = (table["exporter"] < "C04") == (table["importer"] < "C04")
    found = estimate(rows(table, apart), ["dist"], TWO)
    assert found.groups == 2
    assert expect(found, rows(table, apart)) == pytest.approx(found.fitted, rel=1e-7)
    across = rows(table, ~apart)
    problems = refused(found, {key: values[:2] for key, values in across.items()})
    assert [(p.code, p.row) for p in problems] == [("separate_groups", 2), ("separate_groups", 3)]


@pytest.mark.parametrize("errors", ["robust", "pair"])
def test_the_error_of_a_prediction_is_that_of_the_sandwich(errors: str) -> None:
    table = made_panel(6, 3)
    found = estimate(table, ["rta", "dist"], ["exporter", "importer"], errors=errors)
    names = sorted(set(table["exporter"]))
    dummies = [table["exporter"] == name for name in names]
    dummies += [table["importer"] == name for name in names[1:]]
    x = np.column_stack((table["rta"], table["dist"], *dummies)).astype(float)
    mu, y = found.fitted, table["trade"]
    bread = np.linalg.inv(x.T @ (x * mu[:, None]))
    scores = x * (y - mu)[:, None]
    if errors == "pair":
        pair = [f"{e} {i}" for e, i in zip(table["exporter"], table["importer"], strict=True)]
        scores = np.stack([scores[np.array(pair) == name].sum(axis=0) for name in set(pair)])
    count = len(scores)
    covariance = bread @ scores.T @ scores @ bread * count / (count - 1)
    chosen = np.array([4, 9, 30])
    slope = (x[chosen] * mu[chosen, None]).sum(axis=0) / mu[chosen].sum()
    said = Projection(found).log_std(chosen)
    assert said == pytest.approx(np.sqrt(slope @ covariance @ slope), rel=1e-7)
