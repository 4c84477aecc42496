"""Potential and levers on the shipped study: magnitudes, identities, and the page in docs."""

from __future__ import annotations

import numpy as np
import pytest
from docs.trade_potential import cases, page

from opencorridor.network.kernels.threads import use_threads
from opencorridor.operations.levers import LeversAnswer, LeversAsk, turn
from opencorridor.operations.pair_costs import delivered_of
from opencorridor.operations.potential import Potential, of_sector, potential
from opencorridor.operations.trade_world import pair_flows, trade_world, world_of_year
from opencorridor.operations.workbench.session import Session
from opencorridor.study import OpenCorridorError
from opencorridor.trade.levers import tau_parts
from tests.house.repository import ROOT


@pytest.fixture(scope="module")
def session(cache_folder: object) -> Session:
    use_threads(2)
    found = Session("iran_kazakhstan")
    _ = found.base
    use_threads(1)
    return found


@pytest.fixture(scope="module")
def found(session: Session) -> Potential:
    return potential(session)


def turned(session: Session, **levers: float) -> LeversAnswer:
    return turn(session, LeversAsk(levers=tuple(levers.items())))


def test_the_page_shows_what_the_operations_answer(session: Session) -> None:
    written = (ROOT / "docs/explanation/trade-potential.md").read_text(encoding="utf-8")
    assert written == page(session), "run: make docs"


def test_magnitudes(found: Potential) -> None:
    assert found.actual_usd_current == pytest.approx(340e6)
    value = {v.id: v.potential_usd_current for v in found.variants}
    # A rough independent estimate gave 0.9 to 3.2 billion at the GDP of 2023, 0.65 without coasts.
    assert 0.6e9 < value["effects-land-distance"] < value["effects-coast-distance"] < 1.5e9
    assert 1.3e9 < value["gdp-land-distance"] < value["gdp-coast-distance"] < 3.2e9
    assert found.low == min(value.values())
    assert found.high == max(value.values())
    near = found.comparable
    assert near["p25"] < near["pair_share"] < near["p75"]
    for one in (*found.variants, *found.sectors):
        assert one.low <= one.potential_usd_current <= one.high


def test_both_elasticities_are_told(found: Potential) -> None:
    told = {(c["variable"], c["cost"]): c for c in found.coefficients}
    assert -1.2 < told["log_distance", "distance"]["estimate"] < -0.6
    assert told["log_network_cost", "network"]["estimate"] < -0.8
    for name in ("log_distance", "log_network_cost"):
        assert told[name, "both"]["estimate"] < 0
    assert all(c["std_error"] > 0 for c in found.coefficients)


def test_steps_add_up_in_all_and_in_every_sector(found: Potential) -> None:
    for steps in (found.waterfall, *(row.waterfall for row in found.sectors)):
        parts = [s.value_usd_current for s in steps]
        assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=1e-3)
    for k, step in enumerate(found.waterfall):
        by_sector = sum(row.waterfall[k].value_usd_current for row in found.sectors)
        assert by_sector == pytest.approx(step.value_usd_current, abs=1.0)


def test_any_pair_in_either_order(session: Session, found: Potential) -> None:
    back = potential(session, "iran", "Казахстан")
    assert back.pair == found.pair[::-1]
    assert back.potential_usd_current == pytest.approx(found.potential_usd_current, rel=1e-9)
    other = potential(session, "DEU", "FRA")
    assert 0.3 < other.potential_usd_current / other.actual_usd_current < 3
    assert "duty_unknown" in other.notes
    assert other.waterfall[2].value_usd_current == 0.0
    own, others = ({one.kind for one in answer.levers} for answer in (found, other))
    assert "visa" in own - others
    assert "non_tariff" in own & others


def test_nothing_turned_is_the_baseline(session: Session) -> None:
    answer = turned(session)
    assert answer.trade_usd_current == pytest.approx(340e6, rel=1e-9)
    assert answer.created_usd_current == pytest.approx(0.0, abs=1.0)
    assert max(abs(c["welfare_change_share"]) for c in answer.countries) < 1e-12
    assert answer.by_lever == ()


@pytest.mark.parametrize("case", range(8))
def test_levers_add_up_and_move_the_right_way(
    session: Session, found: Potential, case: int
) -> None:
    words, values = cases(found)[case]
    answer = turned(session, **dict(values))
    assert answer.converged, words
    assert answer.residual < 1e-11
    assert answer.low < answer.trade_usd_current < answer.high
    assert answer.created_usd_current > 0 > answer.diverted_usd_current
    total = answer.trade_usd_current - answer.baseline_usd_current
    assert answer.created_usd_current == pytest.approx(total, rel=1e-9)
    assert sum(e.usd_current for e in answer.by_lever) == pytest.approx(total, rel=1e-9)
    assert {e.lever_id for e in answer.by_lever} == {name for name, _ in values}
    by_sector = sum(row["new"] for row in answer.sectors)
    assert by_sector == pytest.approx(answer.trade_usd_current, rel=1e-6)
    years = answer.by_year
    assert years[0]["usd_current"] == years[0]["baseline_usd_current"] == pytest.approx(340e6)
    assert all(y["usd_current"] > y["baseline_usd_current"] for y in years[1:])


def test_the_intervals_agree_with_equilibria_solved_one_by_one(session: Session) -> None:
    from opencorridor.operations.lever_question import question_of
    from opencorridor.trade import world

    ask = LeversAsk(levers=(("tariff_b", 0.02), ("payment", 0.02)))
    question, made = question_of(session, ask), trade_world(session)
    drawn, i, j = question.costs.drawn, *question.at
    totals = []
    for draw in range(0, 400, 40):
        import dataclasses

        one = dataclasses.replace(
            drawn,
            **{
                f.name: getattr(drawn, f.name)[draw]
                for f in dataclasses.fields(drawn)
                if f.name not in ("border_h", "border_spread_h")
            },
        )
        parts = tau_parts(one, question.before, question.after)
        tau = np.exp(sum(parts.values(), np.zeros((10, 2))))
        full = np.ones_like(made.matrix.flows)
        full[:, i, j], full[:, j, i] = tau[:, 0], tau[:, 1]
        after = world(made.matrix, one.theta).solve(full).flows
        totals.append(pair_flows(np.asarray(after), question.at).sum())
    answer = turn(session, ask)
    inside = [answer.low <= total <= answer.high for total in totals]
    assert sum(inside) >= 7
    assert answer.low < np.median(totals) < answer.high


def test_hours_at_a_border_change_cost_gap_and_ranking(session: Session) -> None:
    now = {(r["sector_id"], r["direction"]): r for r in turned(session).sectors}
    free = turned(session, border_hours=0.0, border_reliability=0.0)
    for row in free.sectors:
        before = now[row["sector_id"], row["direction"]]
        assert row["gap_usd_current"] <= before["gap_usd_current"] + 1.0
        if row["delivered_cost_share"] is not None:
            assert row["new_delivered_cost_share"] <= row["delivered_cost_share"]
    ranking = [(r["sector_id"], r["direction"]) for r in free.sectors]
    assert ranking != list(now)
    most = max(free.sectors, key=lambda r: r["new"] - r["baseline"])
    way = delivered_of(session, ("KAZ", "IRN"))
    assert way.mean(way.border_h) > 10
    assert most["new"] > most["baseline"]


def test_a_year_grows_the_economies_and_phases_levers_in(session: Session) -> None:
    early = turn(session, LeversAsk(levers=(("non_tariff", 0.4),), year=2025))
    late = turn(session, LeversAsk(levers=(("non_tariff", 0.4),), year=2030))
    share = [answer.trade_usd_current / answer.baseline_usd_current - 1 for answer in (early, late)]
    assert 0 < share[0] < 0.6 * share[1]
    assert late.price_basis == "current US$ of 2030"
    at = trade_world(session).matrix.index("KAZ"), trade_world(session).matrix.index("IRN")
    grown = pair_flows(world_of_year(session, 2030).flows, at).sum()
    assert late.baseline_usd_current == pytest.approx(grown)
    in_path = next(y for y in late.by_year if y["year"] == 2030)
    assert in_path["usd_current"] == pytest.approx(late.trade_usd_current, rel=2e-4)


def test_levers_answer_within_a_second(session: Session) -> None:
    import time

    turned(session, payment=0.03)
    start = time.process_time()
    turned(session, payment=0.02, tariff_b=0.0, border_hours=8.0)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("levers", "fields"),
    [
        ((("tarif_b", 0.1), ("payment", 9.0)), ["levers.0.lever_id", "levers.1.value"]),
        ((("payment", 0.1), ("payment", 0.1)), ["levers.1.lever_id"]),
        ((("tariff_a", -0.1), ("tariff_b", float("nan"))), ["levers.0.value", "levers.1.value"]),
    ],
)
def test_bad_levers_are_named_at_their_fields(
    session: Session, levers: tuple[tuple[str, float], ...], fields: list[str]
) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        turn(session, LeversAsk(levers=levers))
    assert [p.column for p in caught.value.problems] == fields


def test_bad_years_countries_and_sectors(session: Session, found: Potential) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        turn(session, LeversAsk(levers=(("payment", 0.02),), year=1999))
    assert [p.column for p in caught.value.problems] == ["year"]
    with pytest.raises(OpenCorridorError) as caught:
        potential(session, "Kazakstan", "Irann")
    assert [p.column for p in caught.value.problems] == ["a", "b"]
    assert "Kazakhstan" in caught.value.problems[0].mend
    with pytest.raises(OpenCorridorError) as caught:
        potential(session, "KAZ", "Kazakhstan")
    assert [p.code for p in caught.value.problems] == ["trade_pair"]
    assert {r.sector_id for r in of_sector(found, "food and live animals").sectors} == {"S0"}
    with pytest.raises(OpenCorridorError):
        of_sector(found, "S77")
