"""Constants of the choice of ways: what shippers see in a chain or place beside hours and money.

Every row of the table ``choice_constant`` names ways as a count of tonnes does (places passed, a
country and mode, ends, classes) and multiplies their generalised cost by one plus its share. With
the utility -k ln c this is an alternative-specific constant -k ln(1 + share) (Ben-Akiva and Lerman
1985, section 5.3; Fosgerau and Bierlaire 2009 for the multiplicative form). A study without rows
is not touched.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.observed import (
    Cut,
    Loaded,
    counted,
    cut_of,
    inside_arcs,
    marked_arcs,
)
from opencorridor.scenario.model import Model
from opencorridor.study import Study

__all__ = ["constant_arcs", "cost_factors", "marked_options", "ways_of"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def cost_factors(model: Model, study: Study) -> Floats | None:
    """Return the factor (O,) on the generalised cost of every option; None without constants."""
    table = study["choice_constant"]
    if table.n == 0:
        return None
    out = np.ones(model.options.n)
    for row in range(table.n):
        share = float(table["cost_share"][row])
        if share != 0.0:
            out[marked_options(model, cut_of(table, row))] *= 1.0 + share
    return out


def marked_options(model: Model, cut: Cut) -> Bools:
    """Return (O,) whether a constant's row names an option; kept while the options stay."""
    kept = next((entry for entry in model.marks if entry[0] is model.options), None)
    if kept is None:
        # Models with other options share the list: the entry in hand stays this model's own.
        kept = (model.options, {})
        model.marks[:] = [kept]
    found = kept[1]
    if cut not in found:
        found[cut] = counted(ways_of(model, np.empty(0)), cut)
    return found[cut]


def ways_of(model: Model, option_t: Floats) -> Loaded:
    """Return the ways of a model with the tonnes on its options (O,), ready to be counted."""
    return Loaded(
        graph=model.graph,
        routes=model.routes,
        options=model.options,
        rows=model.rows,
        cells=model.cells,
        countries=model.countries,
        class_ids=[str(c) for c in model.study["commodity"]["class_id"]],
        option_t=option_t,
    )


def constant_arcs(model: Model, study: Study) -> list[Bools]:
    """Return arcs (A,) to search round, one mask per set of ways that a constant names.

    What goes round them is dearer or cheaper by comparison and may not be found otherwise.
    """
    table, graph = study["choice_constant"], model.graph
    out: dict[object, Bools] = {}
    for row in range(table.n):
        cut = cut_of(table, row)
        if cut.passes:
            key = (cut.passes, cut.from_country, cut.to_country)
            out[key] = marked_arcs(graph, *key)
        else:
            inside = (cut.country, cut.mode)
            out[inside] = inside_arcs(graph, *inside)
    return list(out.values())
