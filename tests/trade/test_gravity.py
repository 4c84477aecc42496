"""Gravity on a square table: against dense regressions written out, and identities."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest

from opencorridor.study import OpenCorridorError, open_study
from opencorridor.trade.estimate import estimate as table_estimate
from opencorridor.trade.gravity import (
    HEADLINE,
    VARIANTS,
    Estimate,
    PairFacts,
    Variant,
    comparable,
    estimate,
    pair_facts,
)
from opencorridor.trade.prediction import expect, named_effects

Floats = npt.NDArray[np.float64]
N = 14


def world(seed: int = 5) -> tuple[Floats, PairFacts]:
    """Return flows with noise and zeros that follow gravity, and the facts behind them."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 4000, (N, 2))
    distance = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) + 50.0
    np.fill_diagonal(distance, np.nan)
    border = np.triu(rng.random((N, N)) < 0.25, 1)
    coast = np.triu(rng.random((N, N)) < 0.15, 1)
    language = np.triu(rng.random((N, N)) < 0.3, 1)
    colony = np.triu(rng.random((N, N)) < 0.2, 1)
    flags = [np.asarray(f | f.T) for f in (border, coast, language, colony)]
    gdp = rng.lognormal(26, 1.2, N)
    cost = np.where(np.isfinite(distance), distance**0.5 * rng.lognormal(0, 0.2, (N, N)), np.nan)
    log = -1.1 * np.log(distance) + 0.6 * (flags[0] | flags[1]) + 0.2 * flags[2]
    mean = np.exp(np.nan_to_num(log)) * np.outer(gdp, gdp) / gdp.sum() * 1e3
    flows = mean * rng.gamma(1.5, 1 / 1.5, (N, N)) * (rng.random((N, N)) > 0.15)
    np.fill_diagonal(flows, 0.0)
    names = tuple(f"C{i:02}" for i in range(N))
    return flows, PairFacts(names, distance, *flags, gdp, cost)


def used(found: Estimate) -> npt.NDArray[np.bool_]:
    """Return the cells that were estimated on."""
    mask = np.zeros((N, N), dtype=bool)
    mask[tuple(found.cells)] = True
    return mask


def design(found: Estimate) -> Floats:
    """Return the variables by cell ``[K, N, N]``, a constant among them where it has one."""
    planes = np.zeros((len(found.variables), N, N))
    for plane, name in zip(planes, found.variables, strict=True):
        plane[tuple(found.cells)] = 1.0
        if name != "constant":
            data = found.found.data
            plane[tuple(found.cells)] = data.x[found.found.rows, data.names.index(name)]
    return planes


def by_dummies(
    flows: Floats, planes: Floats, cells: npt.NDArray[np.bool_], effects: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return coefficients, fitted cells, design and clustered covariance, with explicit dummies."""
    rows, columns = np.nonzero(cells)
    x = planes[:, rows, columns].T
    if effects:
        dummies = np.zeros((len(rows), 2 * N - 1))
        dummies[np.arange(len(rows)), rows] = 1.0
        later = columns < N - 1
        dummies[np.flatnonzero(later), N + columns[later]] = 1.0
        x = np.hstack([x, dummies])
    y = flows[rows, columns]
    mu = (y + y.mean()) / 2
    for _ in range(200):
        z = np.log(mu) + (y - mu) / mu
        beta = np.linalg.solve(x.T @ (x * mu[:, None]), x.T @ (mu * z))
        mu = np.exp(x @ beta)
    bread = np.linalg.inv(x.T @ (x * mu[:, None]))
    pair = np.minimum(rows, columns) * N + np.maximum(rows, columns)
    meat = np.zeros_like(bread)
    for one in np.unique(pair):
        score = (x * (y - mu)[:, None])[pair == one].sum(axis=0)
        meat += np.outer(score, score)
    clusters = len(np.unique(pair))
    return beta, mu, x, bread @ meat @ bread * clusters / (clusters - 1)


@pytest.mark.parametrize("variant", [*VARIANTS, Variant(True, True, "both")], ids=lambda v: v.id)
def test_coefficients_errors_and_predictions_are_those_of_explicit_dummies(
    variant: Variant,
) -> None:
    flows, facts = world()
    found = estimate(flows, facts, variant)
    beta, mu, x, covariance = by_dummies(flows, design(found), used(found), variant.effects)
    k = len(found.variables)
    assert found.coefficients == pytest.approx(beta[:k], rel=1e-7, abs=1e-9)
    assert found.expected[used(found)] == pytest.approx(mu, rel=1e-7)
    assert found.std_error == pytest.approx(np.sqrt(np.diag(covariance))[:k], rel=1e-6)
    cells = [(2, 5), (5, 2)]
    rows, columns = np.nonzero(used(found))
    mine = np.array([(i, j) in cells for i, j in zip(rows, columns, strict=True)])
    gradient = (x[mine] * mu[mine][:, None]).sum(axis=0) / mu[mine].sum()
    assert found.log_std(cells) == pytest.approx(np.sqrt(gradient @ covariance @ gradient), 1e-6)


def test_effects_make_fitted_trade_add_up_and_a_unit_changes_nothing() -> None:
    flows, facts = world()
    found = estimate(flows, facts, HEADLINE)
    known = np.where(used(found), flows, 0.0)
    assert found.expected.sum(axis=0) == pytest.approx(known.sum(axis=0), rel=1e-9)
    assert found.expected.sum(axis=1) == pytest.approx(known.sum(axis=1), rel=1e-9)
    for unit in (1e-6, 1e6):
        again = estimate(flows * unit, facts, HEADLINE)
        assert again.coefficients == pytest.approx(found.coefficients, rel=1e-9)
        assert again.std_error == pytest.approx(found.std_error, rel=1e-8)
        assert again.expected / unit == pytest.approx(found.expected, rel=1e-9)


def test_exact_gravity_is_found_exactly() -> None:
    flows, facts = world()
    border = facts.contiguous | facts.coast_contiguous
    rng = np.random.default_rng(1)
    ends = np.exp(rng.normal(3, 1, N))[:, None] * np.exp(rng.normal(3, 1, N))[None]
    exact = np.nan_to_num(facts.distance_km**-0.8) * np.exp(0.5 * border) * ends
    found = estimate(exact, facts, HEADLINE)
    assert found.coefficients == pytest.approx([-0.8, 0.5, 0.0, 0.0], abs=1e-8)
    assert found.both_ways(1, 4) == pytest.approx(exact[1, 4] + exact[4, 1], rel=1e-9)
    assert found.std_error == pytest.approx(0.0, abs=1e-7)
    assert flows.shape == exact.shape


def test_a_country_without_trade_is_left_out_and_expects_nothing() -> None:
    flows, facts = world()
    flows[3] = 0.0
    found = estimate(flows, facts, HEADLINE)
    assert not used(found)[3].any()
    assert found.expected[3].sum() == 0.0
    assert found.log_std([(3, 4)]) == 0.0
    assert np.isfinite(found.std_error).all()


def test_what_a_variable_has_beyond_the_others_gives_its_coefficient() -> None:
    flows, facts = world()
    found = estimate(flows, facts, Variant(True, True, "both"))
    rest = np.nan_to_num(found.beyond("log_network_cost"))
    k = found.variables.index("log_network_cost")
    weight = found.expected
    # Frisch, Waugh and Lovell: orthogonal to all others, so regression on it alone gives beta.
    assert (weight * rest).sum(axis=0) == pytest.approx(0.0, abs=1e-6 * weight.sum())
    assert (weight * rest * design(found)[0]).sum() == pytest.approx(0.0, abs=1e-6 * weight.sum())
    working = np.log(np.where(used(found), weight, 1.0)) + np.where(
        used(found), flows / np.where(used(found), weight, 1.0) - 1.0, 0.0
    )
    slope = (weight * rest * working).sum() / (weight * rest**2).sum()
    assert slope == pytest.approx(found.coefficients[k], rel=1e-6)


def test_comparable_pairs_by_hand() -> None:
    expected = np.zeros((4, 4))
    actual = np.zeros((4, 4))
    for (i, j), (usual, real) in {
        (0, 1): (10.0, 4.0),  # the pair itself
        (0, 2): (20.0, 2.0),
        (0, 3): (12.0, 12.0),
        (1, 2): (4.0, 4.8),
        (1, 3): (40.0, 1.0),  # more than three times as much
        (2, 3): (2.0, 9.0),  # less than a third
    }.items():
        expected[i, j], actual[j, i] = usual, real
    found = comparable(actual, expected, 1, 0)
    assert found.pairs == 3
    assert found.quantiles[2] == pytest.approx(1.0)
    assert found.quantiles[0] == pytest.approx(0.1 + 0.2 * 0.9)
    assert found.pair_share == pytest.approx(0.4)
    assert found.rank_share == pytest.approx(1 / 3)


def test_facts_of_the_shipped_study() -> None:
    study = open_study("iran_kazakhstan")
    names = ("KAZ", "IRN", "RUS", "TKM", "DEU")
    found = pair_facts(study, names, 2024)
    assert found.distance_km[0, 1] == pytest.approx(2347.2, rel=1e-4)
    assert (found.distance_km == found.distance_km.T)[~np.eye(5, dtype=bool)].all()
    assert np.isnan(np.diag(found.distance_km)).all()
    assert (found.contiguous[0, 1], found.coast_contiguous[0, 1]) == (False, True)
    assert (found.contiguous[0, 2], found.coast_contiguous[0, 4]) == (True, False)
    assert found.gdp_usd_current[1] == pytest.approx(401.5e9, rel=1e-3)
    assert pair_facts(study, names, 2020).gdp_usd_current[1] != found.gdp_usd_current[1]


def test_a_study_without_distances_says_so() -> None:
    with pytest.raises(OpenCorridorError) as caught:
        pair_facts(open_study("teaching"), ("AAA", "BBB", "CCC"), 2024)
    assert [p.code for p in caught.value.problems] == ["pair_facts_missing"]


def test_a_variant_by_cost_needs_the_cost() -> None:
    flows, facts = world()
    with pytest.raises(OpenCorridorError) as caught:
        estimate(flows, dataclasses.replace(facts, cost_usd_per_t=None), VARIANTS[-1])
    assert caught.value.problems[0].code == "gravity_without_cost"


def test_expected_trade_by_names_is_that_of_the_table() -> None:
    flows, facts = world()
    found = estimate(flows, facts, HEADLINE).found
    keep = np.arange(found.rows_read) % 7 > 0
    data = found.data
    columns = dict(zip(data.names, data.x.T, strict=True))
    columns |= {"exporter": np.array(facts.countries)[data.exporter], "trade": data.trade}
    columns |= {"importer": np.array(facts.countries)[data.importer]}
    whole = table_estimate(columns, data.names, ["exporter", "importer"], year=None)
    assert expect(whole, columns, year=None) == pytest.approx(whole.fitted, rel=1e-7)
    # Pairs that the estimate never saw: as effects and coefficients of the others say.
    some = {name: values[keep] for name, values in columns.items()}
    fewer = table_estimate(some, data.names, ["exporter", "importer"], year=None)
    effects = named_effects(fewer).values
    log = data.x @ fewer.coefficients
    log += [effects["exporter"][(name,)] for name in columns["exporter"]]
    log += [effects["importer"][(name,)] for name in columns["importer"]]
    assert expect(fewer, columns, year=None) == pytest.approx(np.exp(log), rel=1e-9)
    assert expect(fewer, columns, year=None)[keep] == pytest.approx(fewer.fitted, rel=1e-7)
