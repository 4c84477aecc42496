"""What leaves the house: the HTML report, CSV tables and the results folder.

The room takes plain data (``Answer``) and computes nothing. Keys of ``Answer.summary``, each of
which may be missing: ``title, study_id, study_hash, version, seed, draws, generated``,
``baseline_year, price_year, target_year``, ``pair_names`` (two names), ``target_usd``, ``sides``
(each with ``side`` or ``name``, ``usd``, ``stage``), ``baseline_usd_current, plan_usd_current,
plan_low, plan_high, plan_usd_constant, no_new_usd_current, gap_usd_current, reached,
probability``, ``binding`` (names), ``backward`` (``cost_fall_share, tonnes_a_b, tonnes_b_a,
wagons_per_day, boxes_per_day, closest_usd_current, closest_cost_fall_share``),
``sensitivity_centre_usd``, ``assumption_counts`` (by status), ``rerouted_difference`` (a share
below 1, else dollars), ``residuals``, ``left_out_t``, ``price_basis`` (texts), ``notes`` (texts).

Names load on first use: a server that draws maps does not wait for the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencorridor.study.lazy import lazy

if TYPE_CHECKING:
    from opencorridor.documents.answer import Answer, MapData, MapLabel, MapLink, MapPlace, MapRoute
    from opencorridor.documents.csvfiles import csv_text, write_csv
    from opencorridor.documents.folder import check_folder, results_folder, write_results
    from opencorridor.documents.report import render

_HOMES = {
    "answer": ("Answer", "MapData", "MapLabel", "MapLink", "MapPlace", "MapRoute"),
    "csvfiles": ("csv_text", "write_csv"),
    "folder": ("check_folder", "results_folder", "write_results"),
    "report": ("render",),
}

__all__ = [
    "Answer",
    "MapData",
    "MapLabel",
    "MapLink",
    "MapPlace",
    "MapRoute",
    "check_folder",
    "csv_text",
    "render",
    "results_folder",
    "write_csv",
    "write_results",
]


__getattr__ = lazy(__name__, globals(), _HOMES)
