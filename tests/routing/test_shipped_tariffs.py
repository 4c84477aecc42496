"""The dated documents of the shipped study decide by date, and are named."""

from __future__ import annotations

import pytest

from opencorridor.operations.route import RouteRequest, RouteResult, find
from opencorridor.study import open_study


def steel(
    day: str, start: str = "Kostanay", end: str = "Bandar Abbas", **more: object
) -> RouteResult:
    asked = {"commodity": "C15", "unit": "wagon", "modes": ("rail",), "at": day, **more}
    return find(RouteRequest(start, end, **asked))  # type: ignore[arg-type]


def turkmen(result: RouteResult) -> tuple[float, list[str]]:
    """US$ per tonne on the rails of Turkmenistan, and the documents of those legs."""
    pairs = [
        (leg, tariffs)
        for leg, tariffs in zip(result.route.legs, result.leg_tariffs, strict=True)
        if leg.mode == "rail" and leg.country == "TKM"
    ]
    documents = [one.document_no for _, tariffs in pairs for one in tariffs]
    return sum(leg.cost_usd_per_t for leg, _ in pairs), documents


def test_two_dates_give_two_charges_and_name_their_document() -> None:
    during, after = steel("2026-02-15"), steel("2026-04-15")
    charge, documents = turkmen(during)
    km = sum(leg.distance_km for leg in during.route.legs if leg.country == "TKM")
    rates = open_study("iran_kazakhstan")["mode_rate"]
    base = rates["rate_usd_per_unit_km"][rates["rate_id"] == "rail:TKM:bulk:import_export"][0]
    assert charge == pytest.approx(0.50 * base * km, abs=1e-3)
    assert documents == ["CIS Tariff Policy 2026, change 8 of 09.01.2026 (letter 01-17-2267)"]
    (tariff,) = [one for tariffs in during.leg_tariffs for one in tariffs]
    assert tariff.valid_to == "2026-03-31"
    assert tariff.basis == "coefficient observed, base assumed"
    assert turkmen(after)[0] > charge
    assert turkmen(after)[1] == []
    assert any("ended on 2026-03-31" in note for note in after.notes)


def test_the_quarter_before_has_a_document_of_its_own() -> None:
    assert turkmen(steel("2025-08-20"))[1] == ["letter 08-2667 of 30.06.2025 (Turkmen railways)"]


def test_saryagash_takes_no_cargo_to_the_south_in_november() -> None:
    other_gates = ("KAZ-UZB-RA02", "TKM", "KGZ")
    shut = steel("2025-11-20", "Almaty", "Tashkent", avoid=other_gates)
    assert not shut.found
    assert "stop of acceptance by KTZ, mid-November 2025" in shut.route.reason
    assert "valid 2025-11-15 to 2025-12-08" in shut.route.reason
    assert steel("2025-12-20", "Almaty", "Tashkent", avoid=other_gates).found
    assert steel("2025-11-20", "Tashkent", "Almaty", avoid=other_gates).found
