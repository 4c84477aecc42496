"""Labelled flows come back labelled; labels are aligned by name, never by position."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from opencorridor import trade
from opencorridor.study.errors import OpenCorridorError
from opencorridor.trade.labels import DIMS
from tests.trade.worlds import random_shock, random_world

COUNTRIES = ["AA", "BB", "CC", "DD"]
SECTORS = ["food", "steel"]


def labelled(values: np.ndarray) -> xr.DataArray:
    coords = {"sector": SECTORS, "exporter": COUNTRIES, "importer": COUNTRIES}
    return xr.DataArray(values, dims=DIMS, coords=coords)


@pytest.fixture
def case() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    flows, theta = random_world(11, 4, 2)
    return flows, theta, random_shock(11, flows.shape, 0.7, 1.2)


def test_results_carry_the_labels_and_the_numbers_of_the_plain_solve(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    flows, theta, tau_hat = case
    plain = trade.solve(flows, theta, tau_hat)
    found = trade.solve(labelled(flows), theta, labelled(tau_hat))
    np.testing.assert_array_equal(found.flows.values, plain.flows)
    assert found.flows.sel(sector="food", exporter="BB", importer="CC") == plain.flows[0, 1, 2]
    assert found.wage_hat.dims == ("country",)
    assert found.welfare_hat.sel(country="DD") == plain.welfare_hat[3]
    assert isinstance(plain.flows, np.ndarray)


def test_other_orders_of_labels_and_dimensions_give_the_same(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    flows, theta, tau_hat = case
    plain = trade.solve(flows, theta, tau_hat)
    mixed = labelled(flows).isel(importer=[2, 0, 3, 1]).transpose("importer", "sector", "exporter")
    turned = labelled(tau_hat).isel(sector=[1, 0], exporter=[3, 2, 0, 1])
    elasticity = xr.DataArray(theta[::-1], dims="sector", coords={"sector": SECTORS[::-1]})
    found = trade.solve(mixed, elasticity, turned)
    np.testing.assert_array_equal(found.flows.transpose(*DIMS).values, plain.flows)
    named = {("steel", "AA", "BB"): 0.9}
    by_place = trade.solve(flows, theta, {(1, 0, 1): 0.9})
    np.testing.assert_array_equal(trade.solve(mixed, theta, named).flows.values, by_place.flows)


def test_labels_that_differ_are_refused(case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    flows, theta, tau_hat = case
    other = labelled(tau_hat).assign_coords(exporter=["AA", "BB", "CC", "XX"])
    with pytest.raises(OpenCorridorError, match="DD, XX"):
        trade.solve(labelled(flows), theta, other)
    with pytest.raises(OpenCorridorError, match="XX"):
        trade.solve(labelled(flows).assign_coords(importer=["AA", "BB", "CC", "XX"]), theta)
    with pytest.raises(OpenCorridorError, match="labels of importer differ"):
        trade.solve(labelled(flows).assign_coords(importer=["AA", "BB", "BB", "DD"]), theta)
    with pytest.raises(OpenCorridorError, match="tau_hat has labels, the flows have none"):
        trade.solve(flows, theta, labelled(tau_hat))
    with pytest.raises(OpenCorridorError, match="sector, exporter, importer"):
        trade.solve(labelled(flows).rename(importer="buyer"), theta)
    with pytest.raises(OpenCorridorError, match="no labels along importer"):
        trade.solve(labelled(flows).drop_vars("importer"), theta)
