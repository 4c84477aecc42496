"""The model of a study in the cache: drawn up once per study."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from opencorridor.freight.demand import Cells, Rows
from opencorridor.freight.kept import Kept
from opencorridor.freight.options import make_options
from opencorridor.scenario.build import build_model, frame
from opencorridor.scenario.model import Model
from opencorridor.study import Study
from opencorridor.study.cache import code_version, load_arrays, save_arrays

__all__ = ["is_kept", "load_model"]

_OWN = ("covered", "pair_exporter", "pair_importer", "cell_pair")


def _arrays(model: Model) -> dict[str, Any]:
    out: dict[str, Any] = {name: getattr(model, name) for name in _OWN}
    for part in ("cells", "rows", "routes"):
        value = getattr(model, part)
        out |= {f"{part}.{f.name}": getattr(value, f.name) for f in fields(value)}
    return out


def _hash(study: Study) -> str:
    """Hash of what a model is drawn up from: neither the target nor the seed and number of draws.

    Another target is another question to the same model.
    """
    run = replace(study.settings.run, seed=0, draws=0)
    return study.replace(settings=replace(study.settings, target=None, run=run)).hash


def _key() -> str:
    return f"model-{code_version()}"


def is_kept(study: Study) -> bool:
    """Whether the model of a study stands in the cache, ready to be loaded."""
    return load_arrays(_hash(study), _key()) is not None


def load_model(study: Study) -> Model:
    """Model of a study from the cache, or drawn up and stored there."""
    key, model_hash = _key(), _hash(study)
    found = load_arrays(model_hash, key)
    if found is None:
        model = build_model(study)
        meta = {"left_out_t": model.left_out_t, "kept_t": model.kept_t}
        save_arrays(model_hash, key, _arrays(model), meta)
        return model

    def part(name: str, kind: type[Any]) -> Any:
        return kind(**{f.name: np.asarray(found[f"{name}.{f.name}"]) for f in fields(kind)})

    cells, rows, routes = part("cells", Cells), part("rows", Rows), part("routes", Kept)
    bare = frame(study)
    return bare.with_demand(
        cells=cells,
        rows=rows,
        routes=routes,
        options=make_options(study, cells, rows, routes, bare.places),
        **{name: np.asarray(found[name]) for name in _OWN},
        left_out_t=float(found["meta"]["left_out_t"]),
        kept_t=float(found["meta"]["kept_t"]),
    )
