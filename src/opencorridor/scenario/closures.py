"""Places that are shut to the goods of some countries: which options cannot be taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opencorridor.freight.kernels.options import shut_routes
from opencorridor.network.opening import restricted_arcs, valid_on
from opencorridor.scenario.model import Model
from opencorridor.study import Study

__all__ = ["shut_to_trade"]


def shut_to_trade(model: Model, study: Study, date: str) -> NDArray[np.int64]:
    """Return the options that pass a place which is shut to their exporter, importer and class.

    Restrictions that name neither are a matter of the arcs (``network.open_mask``).
    """
    table, used, options = study["restriction"], model.used, model.options
    cells = model.cells
    index = {name: n for n, name in enumerate(model.countries)}
    classes = [str(name) for name in study["commodity"]["class_id"]]
    shut: list[NDArray[np.int64]] = []
    places = table["place_kind"] != "flow"
    named = (table["exporter"] != "") | (table["importer"] != "")
    on = valid_on(table, date) & (table["allowed_share"] <= 0.0) & places & named
    for i in np.flatnonzero(on):
        cell = model.rows.cell[options.row]
        hit = np.ones(options.n, bool)
        for column, who in (("exporter", cells.exporter), ("importer", cells.importer)):
            if table[column][i]:
                hit &= who[cell] == index.get(table[column][i], -1)
        if table["class_ids"][i]:
            wanted = table["class_ids"][i].split(";")
            hit &= np.isin(options.klass, [k for k, c in enumerate(classes) if c in wanted])
        mine = np.flatnonzero(hit)
        free = ~restricted_arcs(used.graph, study["link"]["link_id"], table, int(i))
        shut.append(mine[shut_routes(options.route[mine], model.routes.first, used.fare, free)])
    return np.unique(np.concatenate(shut)) if shut else np.empty(0, np.int64)
