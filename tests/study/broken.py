"""One small edit of the teaching study for every check of the study room."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from opencorridor.study import Defaults, Study, Table, Target

Edit = Callable[[Study], Study]
Match = Mapping[str, Any]


def _rows(table: Table, match: Match) -> list[int]:
    found = [i for i in range(table.n) if all(table[c][i] == v for c, v in match.items())]
    assert found, f"{table.name} has no row {match}"
    return found


def cell(name: str, match: Match, /, **values: Any) -> Edit:
    """Change columns of the matching rows."""

    def edit(study: Study) -> Study:
        rows = study[name]
        new = {}
        for column, value in values.items():
            cells = rows[column].copy()
            for i in _rows(rows, match):
                cells[i] = value
            new[column] = cells
        return study.replace({name: rows.with_columns(new)})

    return edit


def drop(table: str, **match: Any) -> Edit:
    """Remove the matching rows; all rows without a match."""

    def edit(study: Study) -> Study:
        gone = set(_rows(study[table], match))
        keep = [i for i in range(study[table].n) if i not in gone]
        return study.replace({table: study[table].where(keep)})  # type: ignore[arg-type]

    return edit


def copy(name: str, match: Match, /, **values: Any) -> Edit:
    """Add a copy of the first matching row with some columns changed."""

    def edit(study: Study) -> Study:
        row = study[name].row(_rows(study[name], match)[0])
        return study.replace({name: study[name].concat([{**row, **values}])})

    return edit


def add(table: str, **values: Any) -> Edit:
    """Add a row to a table that may be empty."""
    row = {"source": "SRC_ASSUME", "status": "assumed", **values}
    return lambda study: study.replace({table: Table.from_rows(table, [*study[table].rows(), row])})


def both(*edits: Edit) -> Edit:
    def edit(study: Study) -> Study:
        for one in edits:
            study = one(study)
        return study

    return edit


def settings(**values: Any) -> Edit:
    return lambda study: study.replace(settings=replace(study.settings, **values))


NAN = math.nan
ROAD = {"link_id": "L26"}
FREE = dict.fromkeys(
    ("mean_h", "mean_low_h", "mean_high_h", "cost_usd_per_t", "cost_low_usd_per_t",
     "cost_high_usd_per_t"), 0.0)  # fmt: skip
HOURS = {"opening_id": "X", "place_kind": "border_crossing", "place_ids": "BC_ROAD",
         "open_time": "08:00", "close_time": "18:00", "time_zone": "Asia/Almaty"}  # fmt: skip
DRIVER = {"country_id": "AAA", "drive_before_break_h": 4.5, "break_h": 0.75, "drive_h_per_day": 9,
          "rest_h": 11}  # fmt: skip
TARIFF = {"tariff_rail_id": "TR", "country_id": "BBB", "coefficient": 0.5, "flow_kind": "transit",
          "leaves_by": "BC_RAIL", "document_no": "No. 1"}  # fmt: skip
FLEET = {"fleet_id": "X", "name_en": "X", "unit": "wagon", "mode": "rail", "at_countries": "AAA",
         "count": 5.0, "payload_t": 60.0, "terminal_days": 2.0, "turnaround_days": 6.0}  # fmt: skip
T02 = {"transshipment_id": "T02"}
BOGIES = {"transshipment_id": "T99", "method": "bogie_change"}
CONSTANT = {
    "constant_id": "X", "constant_group": "g", "passes": "BC_RAIL", "cost_share": 0.1,
}  # fmt: skip

BROKEN: dict[str, Edit] = {
    "tariff_place": add("tariff_rail", **{**TARIFF, "leaves_by": "BC_RIAL"}),
    "tariff_price": add("tariff_rail", **{**TARIFF, "coefficient": NAN}),
    "tariff_base": add("tariff_rail", **TARIFF, unit="t", base_usd_per_unit_km=0.04),
    "tariff_bounds": add("tariff_rail", **TARIFF, unit="teu", gross_t_from=24.0, gross_t_to=20.0),
    "tariff_section": add("tariff_rail", **{**TARIFF, "leaves_by": "", "link_ids": "L26"}),
    "tariff_overlap": both(
        add("tariff_rail", **TARIFF, valid_from="2025-01-01", valid_to="2025-06-30"),
        add("tariff_rail", **{**TARIFF, "tariff_rail_id": "TS"}, valid_from="2025-06-30"),
    ),
    "restriction_direction": add(
        "restriction",
        restriction_id="R",
        place_kind="border_crossing",
        place_ids="BC_RAIL",
        from_country="AAA",
        allowed_share=0.0,
        reason="closed",
        valid_from="2030-01-01",
    ),
    "unknown_reference": cell("tariff", {"tariff_id": "TF09"}, sector_id="NOPE"),
    "unknown_place_id": cell("capacity", {"capacity_id": "CAP03"}, place_ids="BC_ROAD;BC_RAOD"),
    "duplicate_key": copy("parameter", {"parameter_id": "wait_max_h"}),
    "table_without_rows": drop("trade_flow"),
    "row_without_provenance": cell("parameter", {"parameter_id": "wait_max_h"}, status="guessed"),
    "unused_source": copy("source", {"source_id": "SRC_OBS"}, source_id="SRC_NOBODY"),
    "link_without_node": cell("link", {"link_id": "L40"}, to_node_id="sea:11"),
    "duplicate_link": copy(
        "link", {"link_id": "L40"}, link_id="L40B", from_node_id="sea:10", to_node_id="sea:2"
    ),
    "self_loop": copy("link", {"link_id": "L40"}, link_id="L40B", to_node_id="sea:2"),
    "link_joins_modes": copy(
        "link", ROAD, link_id="L99", from_node_id="road:4:BBB", to_node_id="rail:4:BBB:1520"
    ),
    "gauge_mismatch": cell("link", {"link_id": "L01"}, gauge_mm=1435.0),
    "zero_length": cell("link", {"link_id": "L01"}, length_km=0.0),
    "access_joins_modes": cell("access", {"access_id": "AC02"}, mode="rail"),
    "zone_without_access": drop("access", zone_id="B1"),
    "border_without_crossing": cell("link", {"link_id": "L03"}, border_crossing_id=""),
    "crossing_of_other_countries": cell("link", {"link_id": "L03"}, border_crossing_id="BC_RAIL"),
    "dwell_missing": drop("border_dwell", border_crossing_id="BC_ROAD", from_country="CCC"),
    "dwell_of_other_countries": copy(
        "border_dwell", {"border_crossing_id": "BC_ROAD"}, from_country="AAA", to_country="BBB"
    ),
    "free_crossing": cell(
        "border_dwell", {"border_crossing_id": "AC_FERRY", "from_country": "AAA"}, **FREE
    ),
    "transshipment_joins_countries": copy(
        "transshipment",
        {"transshipment_id": "T01"},
        transshipment_id="T99",
        from_node_id="rail:3:AAA:1520",
        to_node_id="rail:3:BBB:1520",
    ),
    "access_joins_countries": cell("access", {"access_id": "AC07"}, node_id="road:3:AAA"),
    "capacity_direction": cell("capacity", {"capacity_id": "CAP02"}, to_country=""),
    "no_choice": drop("choice", scale=45.0),
    "choice_constant_unknown_id": add("choice_constant", **CONSTANT | {"passes": "BC_NONE"}),
    "constant_of_nothing": add("choice_constant", **CONSTANT | {"passes": ""}),
    "constant_group_differs": both(
        add("choice_constant", **CONSTANT),
        add("choice_constant", **CONSTANT | {"constant_id": "Y", "cost_share": 0.2}),
    ),
    "captive_unknown_id": add(
        "captive", captive_id="X", exporters="AAA;XXX", importers="CCC", share=0.5
    ),
    "zone_country_sum": cell("zone_country", {"zone_id": "A1"}, share=0.5),
    "zone_share_sum": cell(
        "zone_share", {"country_id": "CCC", "direction": "import", "zone_id": "C1"}, share=0.5
    ),
    "concordance_sum": cell("concordance", {"sector_id": "AGR"}, share=0.7),
    "pair_fact_twice": both(
        add("pair_fact", country_a="AAA", country_b="BBB", distance_km=500),
        add("pair_fact", country_a="BBB", country_b="AAA", distance_km=500),
    ),
    "lever_range": add(
        "lever",
        lever_id="PAY",
        name_en="Cost of payments",
        acts_on="payment",
        unit="share",
        minimum=0,
        maximum=0.2,
        now=0.3,
    ),
    "sector_without_class": drop("concordance", sector_id="AGR"),
    "matrix_not_square": drop("trade_flow", exporter="BBB"),
    "domestic_in_trade_flow": copy("trade_flow", {"exporter": "AAA"}, importer="AAA"),
    "no_domestic_flow": drop("output", country_id="BBB", sector_id="AGR"),
    "country_without_zone": drop("zone_country", country_id="BBB"),
    "theta_not_positive": cell(
        "elasticity", {"sector_id": "AGR"}, theta=-5.0, theta_low=NAN, theta_high=NAN
    ),
    "sector_without_elasticity": drop("elasticity", sector_id="AGR"),
    "deflator_years": drop("deflator", year=2027.0),
    "deflator_base": cell("deflator", {"year": 2024.0}, price_index=1.1),
    "growth_years": drop("growth", country_id="BBB", year=2027.0),
    "growth_base": cell("growth", {"country_id": "BBB", "year": 2024.0}, gdp_index=1.1),
    "band_order": cell("elasticity", {"sector_id": "AGR"}, theta_low=6.0),
    "band_half": cell("elasticity", {"sector_id": "AGR"}, theta_low=NAN),
    "measure_edit_target": cell("measure_edit", {"measure_id": "TRANSIT_DEAL"}, table="mode_rat"),
    "measure_edit_row": cell(
        "measure_edit", {"measure_id": "BEACON_YARD"}, key="capacity_id=CAPO1"
    ),
    "measure_edit_value": cell("measure_edit", {"measure_id": "BEACON_YARD"}, value="threefold"),
    "circular_prerequisites": cell(
        "measure", {"measure_id": "TRANSIT_DEAL"}, prerequisites="E_DECLARATION"
    ),
    "excludes_one_sided": cell("measure", {"measure_id": "DUTY_FREE"}, excludes=""),
    "prerequisite_excluded": both(
        cell("measure", {"measure_id": "E_DECLARATION"}, excludes="TRANSIT_DEAL"),
        cell("measure", {"measure_id": "TRANSIT_DEAL"}, excludes="E_DECLARATION"),
    ),
    "measure_without_edits": drop("measure_edit", measure_id="ALBA_WINDOW"),
    "measure_in_force_undated": cell("measure", {"measure_id": "ALBA_WINDOW"}, valid_from=""),
    "settings_unknown_id": settings(default=Defaults("Q", "feu")),
    "settings_years": settings(target=Target(2e9, 2024)),
    "settings_routes": lambda study: study.replace(
        settings=replace(
            study.settings,
            routes=(replace(study.settings.routes[0], destination="Charly Citty"),),
        )
    ),
    "observation_end_unknown": cell("observation_match", {"obs_id": "OB1"}, origin_id="zone:A9"),
    "observation_incomplete": cell("observation_match", {"obs_id": "OB3"}, value=NAN),
    "lines_cross": both(
        copy("node", {"node_id": "road:4:BBB"}, node_id="road:98", lon=-41.0, lat=37.0),
        copy("node", {"node_id": "road:4:BBB"}, node_id="road:99", lon=-39.0, lat=37.1),
        copy("link", ROAD, link_id="L99", from_node_id="road:98", to_node_id="road:99"),
    ),
    "fleet_where": add("fleet", **{**FLEET, "at_countries": "", "at_place_ids": "NOWHERE"}),
    "fleet_turnaround": add("fleet", **{**FLEET, "terminal_days": 7.0}),
    "fleet_area": add("fleet", **{**FLEET, "area": "Dry Sea"}),
    "bad_time": add("opening_hours", **{**HOURS, "weekdays": "mon;funday"}),
    "never_opens": add("opening_hours", **{**HOURS, "open_time": "18:00", "close_time": "06:00"}),
    "opening_direction": add("opening_hours", **HOURS, from_country="AAA", to_country="BBB"),
    "holiday_date": add(
        "holiday", holiday_id="X", calendar_id="X", name="X", rule="solar_hijri", month=7, day=31
    ),
    "departure_off_link": add(
        "departure",
        departure_id="X",
        timetable_id="TT1",
        from_node_id="sea:2",
        departs="18:00",
        time_zone="UTC",
    ),
    "season_half": cell("timetable", {"timetable_id": "TT1"}, season_from="03-15"),
    "rule_overlap": both(
        add("driving_rule", driving_rule_id="X", **DRIVER, valid_to="2030-01-01"),
        add("driving_rule", driving_rule_id="Y", **DRIVER, valid_from="2029-12-31"),
    ),
    "cargo_rule_empty": add(
        "cargo_rule", cargo_rule_id="X", place_kind="everywhere", reason="all of it"
    ),
    "gauge_method": copy(
        "transshipment",
        {"transshipment_id": "T13"},
        transshipment_id="T99",
        method="bogie_change",
    ),
    "gauge_without_hours": copy(
        "transshipment",
        T02,
        **{**BOGIES, "time_h": 0.0, "time_low_h": NAN, "time_high_h": NAN},
    ),
    "unit_charge": copy("transshipment", T02, **BOGIES, charge_usd_per_unit=90.0),
    "transshipment_twice": copy("transshipment", T02, transshipment_id="T99"),
    "method_not_offered": cell("capacity", {"capacity_id": "CAP05"}, method="bogie_change"),
    "method_capacity": both(
        copy("transshipment", T02, **BOGIES),
        add(
            "capacity",
            capacity_id="X",
            place_kind="terminal",
            place_ids="GAUGE_BEACON",
            cargo="bulk",
            method="bogie_change",
            capacity_t_per_year=0.0,
        ),
    ),
    "variable_gauge_stock": copy(
        "transshipment", T02, transshipment_id="T99", method="variable_gauge"
    ),
    "dates_reversed": cell("measure", {"measure_id": "ROAD_WASHOUT"}, valid_to="2027-02-28"),
}
