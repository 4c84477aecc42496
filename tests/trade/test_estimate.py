"""Gravity estimated: against plain algebra, pyfixest, and cases that others got wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opencorridor.study.errors import NotConverged, OpenCorridorError
from opencorridor.trade.estimate import Estimate, estimate, reset_test
from opencorridor.trade.fitting import fit
from opencorridor.trade.kernels import within
from opencorridor.trade.panel import panel, trim
from tests.trade.panels import Table, made_panel, rows

TWO = ("exporter-year", "importer-year")
THREE = (*TWO, "pair")


def dummies(table: Table, *parts: Any) -> Any:
    """Return 0/1 columns of every distinct value of the parts taken together."""
    keys = ["|".join(map(str, key)) for key in zip(*parts, strict=True)]
    return np.array([[float(key == level) for level in sorted(set(keys))] for key in keys])


def plain_poisson(y: Any, design: Any) -> tuple[Any, Any]:
    """Return the Poisson fit by Newton steps with a pseudo-inverse, and expected values."""
    index = np.log((y + y.mean()) / 2)
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        mu = np.exp(index)
        root = np.sqrt(mu)[:, None]
        beta = np.linalg.lstsq(root * design, root[:, 0] * (index + y / mu - 1), rcond=1e-13)[0]
        index = design @ beta
    return beta, np.exp(index)


def ends(table: Table) -> tuple[Any, Any, Any]:
    return table["exporter"], table["importer"], table["year"]


@pytest.mark.parametrize("engine", ["own", "pyfixest"])
@pytest.mark.parametrize("home", [False, True])
def test_poisson_is_that_of_plain_algebra(engine: str, home: bool) -> None:
    table = made_panel(6, 3, home=home)
    found = estimate(table, ["rta"], THREE, engine=engine)
    e, i, t = ends(table)
    effects = (dummies(table, e, t), dummies(table, i, t), dummies(table, e, i))
    beta, mu = plain_poisson(table["trade"], np.column_stack((table["rta"], *effects)))
    assert found.coefficients == pytest.approx(beta[:1], abs=1e-8)
    assert found.fitted == pytest.approx(mu, rel=1e-6)
    # Clustered by pair: the sandwich on regressors freed of effects at the weights of the fit.
    design, root = np.column_stack(effects), np.sqrt(mu)
    x = table["rta"] - design @ np.linalg.lstsq(
        root[:, None] * design, root * table["rta"], rcond=1e-13
    )[0]  # fmt: skip
    pairs = dummies(table, e, i)
    scores = pairs.T @ (x * (table["trade"] - mu))
    groups = pairs.shape[1]
    error = np.sqrt(groups / (groups - 1) * (scores**2).sum()) / (mu @ x**2)
    assert found.std_errors[0] == pytest.approx(error, rel=1e-6)
    assert found.clusters == groups


@pytest.mark.parametrize("engine", ["own", "pyfixest"])
def test_logarithms_are_those_of_plain_algebra(engine: str) -> None:
    table = made_panel(6, 3)
    found = estimate(table, ["dist", "rta"], TWO, method="ols", errors="classic", engine=engine)
    e, i, t = ends(table)
    design = np.column_stack(
        (table["dist"], table["rta"], dummies(table, e, t), dummies(table, i, t)[:, 1:])
    )
    y = np.log(table["trade"])
    beta, _, rank, _ = np.linalg.lstsq(design, y, rcond=1e-12)
    left = y - design @ beta
    # The effects of each year are free up to a constant; two of the three years count twice here.
    assert found.coefficients == pytest.approx(beta[:2], abs=1e-9)
    assert found.deviance == pytest.approx(left @ left, rel=1e-9)
    assert rank == 2 + 18 + 18 - 3


def test_without_effects_there_is_a_constant_and_robust_errors() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    y = np.exp(1 + 0.5 * x + 0.3 * rng.normal(size=200))
    names = np.array([f"N{k}" for k in range(200)], dtype=object)
    table = {"exporter": names, "importer": names[::-1], "trade": y, "x": x}
    found = estimate(table, ["x"], [], year=None, errors="robust")
    design = np.column_stack((x, np.ones(200)))
    beta, mu = plain_poisson(y, design)
    assert found.names == ("x", "constant")
    assert found.coefficients == pytest.approx(beta, abs=1e-9)
    bread = np.linalg.inv(design.T @ (mu[:, None] * design))
    scores = design * (y - mu)[:, None]
    assert found.covariance == pytest.approx(200 / 199 * bread @ scores.T @ scores @ bread)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_unit_of_trade_changes_nothing(scale: float) -> None:
    table = made_panel()
    one = estimate(table, ["rta"], THREE, correct_bias=True)
    other = estimate(table | {"trade": table["trade"] * scale}, ["rta"], THREE, correct_bias=True)
    assert other.coefficients == pytest.approx(one.coefficients, abs=1e-10)
    assert other.std_errors == pytest.approx(one.std_errors, rel=1e-8)
    assert other.fitted / scale == pytest.approx(one.fitted, rel=1e-8)


def test_the_unit_of_a_regressor_scales_its_coefficient() -> None:
    table = made_panel()
    one = estimate(table, ["dist"], TWO)
    other = estimate(table | {"dist": table["dist"] * 1e7}, ["dist"], TWO)
    assert other.coefficients * 1e7 == pytest.approx(one.coefficients, abs=1e-9)


def test_the_order_of_rows_and_names_of_countries_change_nothing() -> None:
    table = made_panel()
    order = np.random.default_rng(0).permutation(len(table["trade"]))
    one = estimate(table, ["rta"], THREE, correct_bias=True)
    other = estimate(rows(table, order), ["rta"], THREE, correct_bias=True)
    assert other.coefficients == pytest.approx(one.coefficients, abs=1e-9)
    assert other.std_errors == pytest.approx(one.std_errors, rel=1e-7)


def case_19() -> Table:
    y, d1, d2 = zip((2, 0, 0), (4, 0, 0), (6, 1, 0), (12, 1, 0), (0, 0, 1), (0, 0, 1), (0, 1, 1),
                    (0, 1, 1), strict=True)  # fmt: skip
    return {"exporter": list("abcdefgh"), "importer": list("hgfedcba"), "trade": y, "d1": d1,
            "d2": d2}  # fmt: skip


def test_case_19_a_dummy_that_is_1_only_without_trade_is_separated_with_its_rows() -> None:
    found = estimate(case_19(), ["d1", "d2"], [], year=None, errors="robust")
    assert found.coefficient("d1") == pytest.approx(np.log(3), abs=1e-9)
    assert {reason: list(rows) for reason, rows in found.dropped.items()} == {
        "regressors": [4, 5, 6, 7]
    }
    assert dict(found.dropped_regressors) == {"d2": "separated"}
    assert (found.rows_read, found.rows_used) == (8, 4)


def test_case_19_nothing_is_dropped_where_all_trade_is_positive() -> None:
    table = case_19() | {"trade": [2, 4, 6, 12, 1, 1, 3, 3]}
    found = estimate(table, ["d1", "d2"], [], year=None, errors="robust")
    assert found.dropped == {}
    assert found.rows_used == 8


def test_rows_are_dropped_for_the_reason_told() -> None:
    table = made_panel(5, 2)
    e, i, t = ends(table)
    dead = (e == "C00") & (t == "2000")
    table["trade"][dead] = 0.0
    lonely = (e == "C01") & (i == "C02") & (t == "2001")
    table["dist"][lonely] = np.nan
    found = estimate(table, ["rta"], THREE)
    assert set(found.dropped) == {"effects", "singleton"}
    assert found.dropped["effects"].tolist() == np.flatnonzero(dead).tolist()
    # The other year of these pairs is then alone.
    alone = (e == "C00") & (t == "2001")
    assert found.dropped["singleton"].tolist() == np.flatnonzero(alone).tolist()
    kept = estimate(table, ["rta"], THREE, keep_singletons=True)
    assert set(kept.dropped) == {"effects"}
    assert kept.coefficients == pytest.approx(found.coefficients, abs=1e-9)
    missing = estimate(table, ["dist"], TWO)
    assert missing.dropped["missing"].tolist() == np.flatnonzero(lonely).tolist()
    assert missing.rows_used == missing.rows_read - sum(map(len, missing.dropped.values()))


def test_logarithms_leave_out_rows_without_trade() -> None:
    table = made_panel(5, 2)
    table["trade"][[3, 7]] = 0.0
    found = estimate(table, ["dist"], TWO, method="ols")
    assert found.dropped["zero"].tolist() == [3, 7]


def test_case_31_groups_that_never_trade_are_counted() -> None:
    table = made_panel(8, 2)
    e, i, _ = ends(table)
    assert estimate(table, ["dist"], TWO).groups == 1
    apart = (e < "C04") == (i < "C04")
    assert estimate(rows(table, apart), ["dist"], TWO).groups == 2
    # Trade of nothing joins nobody.
    empty = table | {"trade": np.where(apart, table["trade"], 0.0)}
    assert estimate(empty, ["dist"], TWO).groups == 2


def refused(table: Table, regressors: list[str], effects: Any = TWO, **more: Any) -> list[Any]:
    with pytest.raises(OpenCorridorError) as caught:
        estimate(table, regressors, effects, **more)
    return list(caught.value.problems)


def test_collinear_regressors_are_named() -> None:
    table = made_panel()
    table |= {"twice": 2 * table["dist"] + 1}
    (problem,) = refused(table, ["dist", "rta"], THREE)
    assert (problem.code, problem.column) == ("collinear_regressor", "dist")
    (problem,) = refused(table, ["dist", "twice"])
    assert (problem.code, problem.column) == ("collinear_regressor", "twice")
    e = table["exporter"]
    (problem,) = refused(table | {"of": (e == "C01").astype(float)}, ["dist", "of"])
    assert problem.column == "of"
    assert "exporter-year" in problem.message


def test_bad_numbers_are_told_with_their_rows() -> None:
    table = made_panel(4, 2)
    table["trade"][2] = -1.0
    table["dist"][5] = np.inf
    found = refused(table, ["dist"], file="flows.csv")
    assert [(p.code, p.row, p.column, p.file) for p in found] == [
        ("negative_value", 4, "trade", "flows.csv"),
        ("infinite_value", 7, "dist", "flows.csv"),
    ]


def test_what_is_not_there_is_told_at_once() -> None:
    found = refused(made_panel(4, 2), ["dst"], ("exporter-yeer", "importer-year"), trade="value")
    assert [(p.code, p.value or p.column) for p in found] == [
        ("missing_column", "value"),
        ("missing_column", "dst"),
        ("unknown_effect", "exporter-yeer"),
    ]
    assert "dist" in found[1].mend
    assert "exporter-year" in found[2].mend


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"method": "gamma"}, "unknown_method"),
        ({"correct_bias": True}, "no_bias_correction"),
        ({"errors": "everything"}, "one_cluster"),
    ],
)
def test_what_cannot_be_is_refused(more: dict[str, Any], code: str) -> None:
    table = made_panel(4, 2) | {"everything": np.zeros(24)}
    assert [p.code for p in refused(table, ["dist"], TWO, **more)] == [code]


def test_a_table_without_trade_is_refused() -> None:
    table = made_panel(4, 2)
    assert refused(table | {"trade": np.zeros(24)}, ["dist"])[0].code == "no_rows"
    assert (
        refused({key: values[:0] for key, values in table.items()}, ["dist"])[0].code == "no_rows"
    )


def test_what_does_not_settle_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opencorridor.trade.fitting.MAX_STEPS", 2)
    with pytest.raises(NotConverged, match="does not settle in 2 steps"):
        estimate(made_panel(), ["rta"], THREE)


def test_both_engines_agree_where_sales_at_home_dwarf_the_rest() -> None:
    table = made_panel(8, 3, home=True)
    exact = estimate(table, ["rta"], THREE, engine="own")
    other = estimate(table, ["rta"], THREE, engine="pyfixest")
    assert exact.coefficients == pytest.approx(other.coefficients, abs=1e-7)
    assert exact.std_errors == pytest.approx(other.std_errors, rel=1e-5)
    assert exact.deviance == pytest.approx(other.deviance, rel=1e-9)


@pytest.mark.parametrize(("limit", "value"), [("MOST_NUMBERS", 10), ("_ROUNDS", 0)])
def test_what_our_own_engine_cannot_goes_to_pyfixest(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    data = trim(panel(made_panel(), ["rta"], THREE, year="year"), True)
    own = fit(data, True, "own")
    monkeypatch.setattr(within, limit, value)
    with pytest.raises(NotConverged):
        fit(data, True, "own")
    assert fit(data, True).coefficients == pytest.approx(own.coefficients, abs=1e-8)


def test_predict_changes_what_is_named_and_keeps_the_rest() -> None:
    table = made_panel()
    found = estimate(table, ["dist", "rta"], TWO)
    assert found.predict({}) == pytest.approx(found.fitted)
    nearer = found.predict({"dist": table["dist"] - 0.1})
    assert nearer / found.fitted == pytest.approx(np.exp(-0.1 * found.coefficient("dist")))
    with pytest.raises(OpenCorridorError) as caught:
        found.predict({"nothing": table["dist"], "rta": table["rta"][:3]})
    assert [p.code for p in caught.value.problems] == ["unknown_regressor", "trade_shape"]


def test_fitted_trade_adds_up_by_effect() -> None:
    table = made_panel(7, 3, home=True)
    found: Estimate = estimate(table, ["rta"], THREE)
    for parts in (("exporter", "year"), ("importer", "year"), ("exporter", "importer")):
        columns = dummies(table, *(table[part] for part in parts))
        assert columns.T @ found.fitted == pytest.approx(columns.T @ table["trade"], rel=1e-8)


def test_reset_speaks_against_a_wrong_form_and_not_against_a_right_one() -> None:
    table = made_panel(10, 3, noise=0.1)
    rng = np.random.default_rng(5)
    right = np.exp(table["dist"] * -0.8) * np.exp(0.1 * rng.normal(size=len(table["dist"])))
    wrong = np.exp(-0.8 * table["dist"] ** 2)
    assert reset_test(estimate(table | {"trade": right}, ["dist"], TWO)).p > 0.01
    assert reset_test(estimate(table | {"trade": wrong}, ["dist"], TWO)).p < 1e-6


def test_years_may_be_absent() -> None:
    table = rows(made_panel(), made_panel()["year"] == "2001")
    one = estimate(table, ["dist"], TWO, year=None)
    other = estimate(table, ["dist"], ["exporter", "importer"])
    assert one.coefficients == pytest.approx(other.coefficients, abs=1e-10)


def test_symmetric_pairs_are_half_as_many_clusters() -> None:
    table = made_panel(6, 2)
    assert estimate(table, ["dist"], TWO).clusters == 30
    assert estimate(table, ["dist"], TWO, errors="symmetric-pair").clusters == 15
