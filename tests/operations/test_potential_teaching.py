"""The Trade page's answer on the teaching study: size alone, books, goods and levers by hand."""

from __future__ import annotations

import json

import pytest

from opencorridor.operations.levers import LeversAsk, turn
from opencorridor.operations.potential import Potential, of_sector, potential
from opencorridor.operations.potential_answer import read
from opencorridor.operations.workbench.session import Session
from opencorridor.operations.workbench.trade_provenance import Asked, of_number
from opencorridor.study import OpenCorridorError, Study

MILLION = 1e6
# By hand: the round trip that makes both ways round three countries multiply to the same.
TURN = {"AGR": 8.0216, "MFG": -16.2645}
THETA, DUTY, USUAL = {"AGR": 5, "MFG": 4}, {"AGR": 0.15, "MFG": 0.10}, 0.05


@pytest.fixture(scope="module")
def session(teaching: Study) -> Session:
    return Session(teaching)


@pytest.fixture(scope="module")
def found(session: Session) -> Potential:
    return potential(session)


def test_size_alone_by_hand(found: Potential) -> None:
    assert found.notes[0] == "size_alone"
    assert {v.id: v.cost for v in found.variants} == {"by-sector": "none", "size": "none"}
    rows = {(r.sector_id, r.direction): r for r in found.sectors}
    for sector, actual in (("AGR", 400), ("MFG", 200)):
        row = rows[sector, "a_to_b"]
        could = (actual - TURN[sector]) * MILLION
        assert row.potential_usd_current == pytest.approx(could, abs=100)
        steps = {step.step: step.value_usd_current for step in row.waterfall}
        kept = ((1 + DUTY[sector]) / (1 + USUAL)) ** -THETA[sector]
        assert steps["tariff"] == pytest.approx(could * (kept - 1), abs=100)
        # The measures of CCC on crops cost 20 % where 10 % are usual, on all else what is usual.
        held = (1.2 / 1.1) ** -5 if sector == "AGR" else 1.0
        assert steps["non_tariff"] == pytest.approx(could * kept * (held - 1), abs=100)
        assert sum(v for k, v in steps.items() if k != "actual") == pytest.approx(actual * MILLION)


def test_one_sector_takes_its_own_reasons(found: Potential) -> None:
    one = of_sector(found, "AGR")
    assert {row.sector_id for row in one.sectors} == {"AGR"}
    assert one.waterfall[-1].value_usd_current == pytest.approx(500 * MILLION)
    assert found.waterfall[-1].value_usd_current == pytest.approx(1000 * MILLION)


def test_goods_are_the_sectors_spread(found: Potential, teaching: Study) -> None:
    mix = teaching["concordance"]
    keys = zip(mix["sector_id"], mix["class_id"], strict=True)
    share = dict(zip(keys, mix["share"], strict=True))
    for way in ("a_to_b", "b_to_a"):
        rows = [r for r in found.sectors if r.direction == way]
        for goods in (g for g in found.goods if g.direction == way):
            for key in ("actual_usd_current", "potential_usd_current"):
                wanted = sum(
                    getattr(r, key) * share.get((r.sector_id, goods.class_id), 0.0) for r in rows
                )
                assert getattr(goods, key) == pytest.approx(wanted)
            assert goods.actual_low <= goods.actual_usd_current <= goods.actual_high
            assert goods.low <= goods.potential_usd_current <= goods.high
            assert goods.sources
            assert goods.status == "assumed"


def test_a_book_takes_the_place_of_what_is_traded(session: Session, found: Potential) -> None:
    books = {one.book: one for one in found.books}
    assert list(books) == ["model", "AAA", "CCC", "ORG"]
    assert [p.reason for p in books["AAA"].parts] in ([], ["model_set"])
    # Nine months of 2024 and three of 2025, by AAA's books, less those of 2024: 275 and 90 days.
    year = (275 / 366 * 1000 + 90 / 365 * 1090) - 1000
    parts = {p.reason: p.usd_current for p in books["CCC"].parts}
    assert parts["other_year"] == pytest.approx(year * MILLION, rel=1e-6)
    assert sum(parts.values()) == pytest.approx(40 * MILLION)
    other = potential(session, book="ORG")
    assert other.book == "ORG"
    assert other.actual_usd_current == pytest.approx(975 * MILLION)
    assert other.potential_usd_current == found.potential_usd_current
    for way, total in (("a_to_b", 590), ("b_to_a", 385)):
        rows = [r for r in other.sectors if r.direction == way]
        assert sum(r.actual_usd_current for r in rows) == pytest.approx(total * MILLION)
        for row in (*rows, other):
            steps = [step.value_usd_current for step in row.waterfall]
            assert sum(steps[:-1]) == pytest.approx(steps[-1])
    before, after = ({s.step: s.value_usd_current for s in p.waterfall} for p in (found, other))
    changed = {step for step in after if after[step] != before[step]}
    assert changed == {"not_explained", "actual"}


def test_a_book_that_is_not_there_is_told(session: Session) -> None:
    with pytest.raises(OpenCorridorError) as told:
        potential(session, book="AAB")
    problem = told.value.problems[0]
    assert (problem.code, problem.column) == ("unknown_book", "book")
    assert "ORG" in problem.expected


def test_who_can_be_asked_is_said(session: Session) -> None:
    with pytest.raises(OpenCorridorError) as told:
        potential(session, "Nowhere", "AAA")
    problem = told.value.problems[0]
    assert problem.column == "a"
    assert "Alphaland, Bravoland, Charlieland" in problem.expected


def test_the_answer_is_kept_by_content(
    session: Session, found: Potential, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = json.loads(json.dumps(found.as_dict()))
    assert read(again).as_dict() == {**found.as_dict(), "books": ()}
    # A new session has the answer from the cache: nothing is computed.
    monkeypatch.setattr("opencorridor.operations.potential._answer", None)
    assert potential(Session(session.study)) == found


def test_every_kind_of_lever_moves_trade_as_it_should(session: Session, found: Potential) -> None:
    levers = {one.lever_id: one for one in found.levers}
    assert set(levers) == {
        "border_hours", "border_reliability", "tariff_a", "tariff_b", "non_tariff", "visas",
        "payment", "export_credit",
    }  # fmt: skip
    better = {name: lever.minimum for name, lever in levers.items()}
    better["export_credit"] = 1.0
    # Nobody pays for spread in this study: an hour of it is worth 0 hours.
    idle = {"border_reliability"}
    for name, value in better.items():
        one = turn(session, LeversAsk(levers=((name, value),)))
        assert one.low <= one.trade_usd_current <= one.high
        assert (one.created_usd_current > 1) == (name not in idle), name
        if name not in idle:
            assert one.diverted_usd_current < 0
            part = one.by_lever[0]
            assert part.usd_current == pytest.approx(one.created_usd_current, rel=1e-9)
            assert part.low == pytest.approx(one.low - one.baseline_usd_current, rel=1e-6)
    together = turn(session, LeversAsk(levers=tuple(better.items())))
    parts = sum(part.usd_current for part in together.by_lever)
    assert parts == pytest.approx(together.created_usd_current, rel=1e-9)
    assert [c["country_id"] for c in together.countries][-1] == "BBB"


def test_levers_say_where_they_stand(session: Session, found: Potential, teaching: Study) -> None:
    levers = {one.lever_id: one for one in found.levers}
    # Weighted by 400 of crops at 15 % and 200 of manufactures at 10 %.
    assert levers["tariff_b"].now == pytest.approx((400 * 0.15 + 200 * 0.10) / 600)
    assert (levers["payment"].low, levers["payment"].high) == (
        pytest.approx(0.02 * 0.6), pytest.approx(0.1 * 0.6),
    )  # fmt: skip
    assert all(one.source and one.minimum <= one.now <= one.maximum for one in levers.values())


def test_every_number_says_where_it_comes_from(session: Session) -> None:
    for path in (
        "sectors.0.waterfall.2.value_usd_current", "goods.0.gap_usd_current", "goods.0.rca",
        "books.2.parts.0.usd_current", "levers.0.now", "actual_usd_current",
    ):  # fmt: skip
        told = of_number(session, Asked("potential", "AAA", "CCC", path, book="CCC"))
        assert told["formula"]
        assert told["inputs"]
    for path, unit in (("residual", ""), ("seconds", "s"), ("year", "")):
        asked = Asked("levers", "AAA", "CCC", path, levers=(("payment", 0.01),))
        assert of_number(session, asked)["unit"] == unit
