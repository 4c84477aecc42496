"""Checks of facts of pairs of countries and of levers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from opencorridor.study.check.registry import at, check
from opencorridor.study.errors import Problem
from opencorridor.study.study import Study

# Levers whose size no other table says.
_WITH_EFFECT = ("export_credit", "visa")


@check("pair_fact_twice", "pair_fact")
def pair_fact_twice(study: Study) -> Iterator[Problem]:
    """Check that a pair of countries stands once, in either order, and is of two."""
    table = study["pair_fact"]
    seen: set[frozenset[str]] = set()
    for i, ends in enumerate(zip(table["country_a"], table["country_b"], strict=True)):
        pair = frozenset(map(str, ends))
        if len(pair) == 1 or pair in seen:
            text = "a country and itself" if len(pair) == 1 else f"{' and '.join(ends)} stand twice"
            wanted = "each pair of two countries once"
            yield at(study, "pair_fact_twice", text, "pair_fact", i, "country_b", wanted)
        seen.add(pair)


@check("lever_range", "lever")
def lever_range(study: Study) -> Iterator[Problem]:
    """Check that a lever stands between its ends now, and that its size is known."""
    table = study["lever"]
    seen: set[str] = set()
    for i in range(table.n):
        low, high, now = (float(table[c][i]) for c in ("minimum", "maximum", "now"))
        stands = low if np.isnan(now) else now
        if not low <= stands or (np.isfinite(high) and not (low < high and stands <= high)):
            text, wanted = f"now is {now:g}, from {low:g} to {high:g}", "minimum ≤ now ≤ maximum"
            yield at(study, "lever_range", text, "lever", i, "now", wanted)
        kind = str(table["acts_on"][i])
        if kind in _WITH_EFFECT and np.isnan(table["effect"][i]):
            text = f"a lever on {kind} needs the size of its effect"
            yield at(study, "lever_range", text, "lever", i, "effect", "a number")
        if kind in seen:
            text = f"two levers act on {kind}"
            yield at(study, "lever_range", text, "lever", i, "acts_on", "one lever of each kind")
        seen.add(kind)
