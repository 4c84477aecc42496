"""Cases from practice (others' reports, restated): routes and skims as a whole answer them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from opencorridor.network.build import make_graph
from opencorridor.routing.api import route, skims
from opencorridor.study import Study
from tests.routing import small


def bridge(transfer: bool) -> Study:
    """Return a railway and a road over it, with or without a yard where they cross."""
    nodes = [small.node("rail:a", "AAA"), small.node("rail:b", "AAA", 10),
             small.node("road:c", "AAA", 5, -5), small.node("road:d", "AAA", 5, 5)]  # fmt: skip
    return small.make(
        country=small.countries("AAA"),
        node=nodes,
        link=[
            small.link("1", "rail:a", "rail:b", 1000, country_id="AAA",
                       geometry_wkt="LINESTRING(0 0, 10 0)"),
            small.link("2", "road:c", "road:d", 1000, country_id="AAA",
                       geometry_wkt="LINESTRING(5 -5, 5 5)"),
        ],
        zone=[small.zone("A", "AAA"), small.zone("D", "AAA", 5, 5)],
        access=[small.access("A", "rail:a"), small.access("D", "road:d")],
        terminal=[small.terminal("Y", "AAA", kind="inland")] if transfer else [],
        transshipment=small.over("Y", "rail:b", "road:c") if transfer else [],
    )  # fmt: skip


@pytest.mark.parametrize(("transfer", "components"), [(False, 2), (True, 1)])
def test_case_13_only_a_row_of_transshipment_joins_rail_and_road(
    transfer: bool, components: int
) -> None:
    """CASES 13: 2 links, 4 nodes, two components; a bridge over a railway is no junction."""
    study = bridge(transfer)
    graph = make_graph(study)
    assert (study["link"].n, study["node"].n) == (2, 4)
    n = graph.n_nodes
    joins = coo_array((np.ones(graph.n_arcs), (graph.tail, graph.head)), (n, n))
    assert connected_components(joins, directed=False)[0] == components
    assert route(study, "A", "D").found is transfer


def test_case_15_a_price_of_nothing_and_a_scale_change_no_route() -> None:
    """CASES 15: A–B free, B–C 1 h, A–C 3 h: by B; closed it is not free, and scale is nothing."""

    def study(scale: float, state: str = "open") -> Study:
        made = small.make(
            country=small.countries("AAA"),
            node=[small.node(f"road:{x}", "AAA", k) for k, x in enumerate("abc")],
            link=[
                small.link("AB", "road:a", "road:b", 1e-30, country_id="AAA", state=state),
                small.link("BC", "road:b", "road:c", 50, country_id="AAA"),
                small.link("AC", "road:a", "road:c", 150, country_id="AAA"),
            ],
            zone=[small.zone("A", "AAA"), small.zone("C", "AAA", 2)],
            access=[small.access("A", "road:a"), small.access("C", "road:c")],
        )
        rates = made["mode_rate"]
        priced = rates["rate_usd_per_unit_km"] * scale
        return made.replace({"mode_rate": rates.with_column("rate_usd_per_unit_km", priced)})

    for scale in (1.0, 1e-9):
        hours = skims(study(scale))["time_h"].sel(origin="A", destination="C")
        assert float(hours) == pytest.approx(1.0)
        shut = skims(study(scale, "closed"))["time_h"].sel(origin="A", destination="C")
        assert float(shut) == pytest.approx(3.0)
