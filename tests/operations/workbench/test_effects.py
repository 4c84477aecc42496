"""Effects between the ends of bands, places that are not priced, tariffs of one sector."""

from __future__ import annotations

import numpy as np
import pytest

from opencorridor.operations.workbench.edits import Choice, Edit, edit_tables
from opencorridor.operations.workbench.effects import band_of, unpriced, with_effects
from opencorridor.study import Study


def value(study: Study, measure: str, effect: str | float) -> list[float]:
    table = with_effects(study, [Choice(measure, None, effect)])["measure_edit"]
    rows = (table["measure_id"] == measure) & np.isfinite(table["value_low"])
    return [float(v) for v in table["value"][rows]]


def banded(study: Study) -> str:
    """Return a measure with one banded edit whose ends differ."""
    for measure in map(str, study["measure"]["measure_id"]):
        band = band_of(study, measure)["band"]
        if band and band["weak"] != band["mode"] != band["strong"]:
            return measure
    pytest.fail("the study has no measure with one band")


def test_a_share_lies_between_the_ends(teaching: Study) -> None:
    measure = banded(teaching)
    band = band_of(teaching, measure)["band"]
    for word, share, expected in (
        ("low", -1.0, band["weak"]), ("mode", 0.0, band["mode"]), ("high", 1.0, band["strong"]),
    ):  # fmt: skip
        assert value(teaching, measure, word) == [expected]
        assert value(teaching, measure, share) == [expected]
    half = band["mode"] + 0.5 * (band["strong"] - band["mode"])
    assert value(teaching, measure, 0.5) == [pytest.approx(half)]
    quarter = band["mode"] + 0.25 * (band["weak"] - band["mode"])
    assert value(teaching, measure, -0.25) == [pytest.approx(quarter)]


def test_a_share_without_a_capacity_is_told(teaching: Study) -> None:
    first = teaching["measure_edit"]
    base = {"measure_id": str(teaching["measure"]["measure_id"][0]), "table": "restriction",
            "op": "insert", "source": str(first["source"][0]), "status": "assumed"}  # fmt: skip
    named = set(";".join(teaching["capacity"]["place_ids"]).split(";"))
    limited = str(teaching["capacity"]["place_ids"][0]).split(";")[0]
    free = next(i for i in map(str, teaching["link"]["link_id"]) if i not in named)

    def with_key(share: str, place: str) -> Study:
        key = f"restriction_id=R9;place_kind=link;place_ids={place};allowed_share={share};reason=x"
        row = {**base, "edit_no": 99, "key": key}
        return teaching.replace(tables={"measure_edit": first.concat([row])})

    measure = str(base["measure_id"])
    assert unpriced(with_key("0.05", free), measure) == [free]
    assert unpriced(with_key("0", free), measure) == []
    assert unpriced(with_key("0.05", limited), measure) == []


def test_one_sector_of_a_rate_for_all(teaching: Study) -> None:
    """The rate of the sector changes, that of the others stays."""
    key = "importer=BBB;exporter=AAA;kind=duty;sector_id=AGR"
    table = edit_tables(teaching, [Edit("tariff", key, "rate_share", "set", 0.02)])["tariff"]
    mine = (table["importer"] == "BBB") & (table["exporter"] == "AAA")
    found = dict(zip(table["sector_id"][mine], table["rate_share"][mine], strict=True))
    assert found["AGR"] == 0.02
    assert set(found) == set(teaching["sector"]["sector_id"])
    assert {r for s, r in found.items() if s != "AGR"} == {0.05}
    assert len(set(table["tariff_id"])) == table.n
    assert table.n == teaching["tariff"].n + teaching["sector"].n - 1
