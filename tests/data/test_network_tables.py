"""Sanity of the committed network of the shipped study (standard library only)."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from tests.data.network_tables import (
    STUDY,
    closed_places,
    crossings_on,
    graph,
    named,
    nodes,
    path,
    place_of,
    table,
)

# Published lengths that network/SOURCES.md says the data meet (km): from, to, published.
PUBLISHED = (
    (("Uzen", "2165"), ("border", "2187"), 146),
    (("Almaty", ""), ("Astana", ""), 1297),
    (("Tehran", ""), ("Bandar Abbas", ""), 1330),
    (("Dostyk", "3369"), ("Aktogay", "3232"), 312),
    (("Khorgos KZ (Altynkol)", ""), ("Zhetygen", ""), 293),
    (("Tehran", ""), ("Mashhad", ""), 926),
    (("Tehran", ""), ("Tabriz", ""), 736),
    (("Tabriz", ""), ("Julfa", "1891"), 147),
    (("Zahedan", ""), ("Quetta", ""), 732),
    (("Kerman", ""), ("Zahedan", ""), 545),
    (("Baku", ""), ("Tbilisi", ""), 549),
    (("Tbilisi", ""), ("Kars", ""), 276),
    (("Turkmenbashi", ""), ("Ashgabat", ""), 570),
    (("Mary", ""), ("Serhetabat", ""), 315),
    (("Tashkent", ""), ("Moscow", ""), 3350),
    (("Ulaanbaatar", ""), ("Zamyn-Uud", ""), 709),
    (("Brest", ""), ("Moscow", ""), 1100),
    (("Karachi", ""), ("Quetta", ""), 863),
    (("Beyneu", ""), ("Kungrad", ""), 408),
)


@pytest.fixture(scope="module")
def rail():
    return graph(("rail",), with_access=False)


@pytest.fixture(scope="module")
def rail_zones():
    return graph(("rail",))


def _ends(end):
    name, number = end
    return named(name, *([number] if number else []))


def test_every_reference_of_an_arc_exists():
    known = set(nodes())
    zones = {row["zone_id"] for row in table("zone")}
    for row in (*table("link"), *table("transshipment")):
        assert row["from_node_id"] in known
        assert row["to_node_id"] in known
    for row in table("access"):
        assert row["node_id"] in known
        assert row["zone_id"] in zones


def test_no_access_and_no_transshipment_joins_copies_of_two_countries():
    country = {name: row["country_id"] for name, row in nodes().items()}
    for row in table("transshipment"):
        ends = {country[row["from_node_id"]], country[row["to_node_id"]]} - {""}
        assert len(ends) == 1, row["transshipment_id"]
        (land,) = ends
        home = {r["terminal_id"]: r["country_id"] for r in table("terminal")}
        assert home[row["terminal_id"]] == land, row["transshipment_id"]
    zone = {row["zone_id"]: row["country_id"] for row in table("zone")}
    for row in table("access"):
        land = country[row["node_id"]]
        if land and land != zone[row["zone_id"]]:
            assert row["border_crossing_id"], row["access_id"]


def test_no_node_is_shared_by_two_countries():
    """A link lies in the country of both its nodes unless it is a border link."""
    for row in table("link"):
        a, b = (nodes()[row[f"{end}_node_id"]]["country_id"] for end in ("from", "to"))
        if a and b and a != b:
            assert row["border_crossing_id"] or row["pass_through"], row["link_id"]
        elif row["country_id"]:
            assert row["country_id"] == a == b, row["link_id"]


def test_rail_links_change_gauge_only_at_a_transshipment():
    for row in table("link"):
        if row["mode"] == "rail":
            ends = {nodes()[row[f"{end}_node_id"]]["gauge_mm"] for end in ("from", "to")}
            assert ends == {row["gauge_mm"]}, row["link_id"]


def test_a_crossing_costs_hours_or_money_unless_inside_a_union():
    rows = defaultdict(dict)
    for row in table("border_dwell"):
        key = (row["border_crossing_id"], row["from_country"], row["to_country"])
        rows[key][row["cargo"]] = row
    for row in table("border_crossing"):
        a, b = row["country_a"], row["country_b"]
        for way in ((a, b), (b, a)):
            found = rows[(row["border_crossing_id"], *way)]
            assert set(found) in ({"all"}, {"container", "bulk"}), way
            if row["kind"] != "union":
                assert all(float(x["mean_h"]) > 0 for x in found.values())


@pytest.mark.parametrize(
    ("crossing", "place", "hours"),
    [("TKM-IRN-RA01", "2203", 36), ("TKM-IRN-RA02", "2347", 96), ("TKM-IRN-RA02", "2349", 96)],
)
def test_border_and_gauge_hours_add_up_to_the_published_stay(crossing, place, hours):
    """Catches gauge hours charged twice: at the border and again at the yard."""
    dwell = {
        (row["from_country"], row["cargo"]): float(row["mean_h"])
        for row in table("border_dwell")
        if row["border_crossing_id"] == crossing
    }
    yard = {
        (row["transshipment_id"].split(":")[2], row["cargo"]): float(row["time_h"])
        for row in table("transshipment")
        if row["terminal_id"] == f"gauge:{place}"
        if row["cargo"] == "container" or row["method"] == "bogie_change"
    }
    for cargo in ("container", "bulk"):
        assert dwell["TKM", cargo] + yard["1520-1435", cargo] == pytest.approx(hours)
        assert dwell["IRN", cargo] + yard["1435-1520", cargo] == pytest.approx(hours)


def test_bogies_are_changed_where_a_source_says_so_and_goods_reloaded_everywhere():
    """Bulk is reloaded in 36 h, or rides on in 18 h at 110 US$ a wagon."""
    rows = [r for r in table("transshipment") if r["terminal_id"].startswith("gauge:")]
    bogies = [r for r in rows if r["method"] == "bogie_change"]
    assert {r["terminal_id"] for r in bogies} == {f"gauge:{n}" for n in (1798, 2203, 2347, 2349)}
    for row in bogies:
        assert (row["cargo"], row["time_h"], row["charge_usd_per_unit"]) == ("bulk", "18", "110")
        assert row["charge_unit"] == "wagon"
        assert row["valid_from"]
        assert row["document_no"]
    reloaded = [r for r in rows if r["cargo"] == "bulk" and not r["method"]]
    ways = {(r["terminal_id"], r["from_node_id"]) for r in bogies}
    assert ways < {(r["terminal_id"], r["from_node_id"]) for r in reloaded}
    assert {float(r["time_h"]) for r in reloaded} == {0.0, 36.0}


def test_almaty_to_bandar_abbas_by_rail_passes_sarakhs(rail_zones):
    km, rows = path(rail_zones, ["zone:KZ-75"], ["zone:IR-22"])
    assert km == pytest.approx(3685, rel=0.01)
    assert "TKM-IRN-RA02" in crossings_on(rows)
    assert sum(row.startswith("gauge:") for row in rows) == 1


def test_astana_to_tehran_by_rail_passes_incheh_borun():
    """Round Uzbekistan, whose way is 80 km shorter and has two borders more."""
    uzbek = frozenset(f"TKM-UZB-RA0{i}" for i in range(1, 5))
    km, rows = path(graph(("rail",), uzbek), ["zone:KZ-71"], ["zone:IR-23"])
    assert km == pytest.approx(3915, rel=0.01)
    assert crossings_on(rows) == ["KAZ-TKM-RA01", "TKM-IRN-RA01"]


def test_round_by_lake_van_without_the_turkmen_border_and_the_caspian():
    shut = {"TKM-IRN-RA01", "TKM-IRN-RA02", "ADD001", "ADD002", "ADD004", "ADD005"}
    found = path(graph(("rail",), frozenset(shut)), ["zone:KZ-75"], ["zone:IR-22"])
    assert found is not None
    assert found[0] == pytest.approx(8338, rel=0.02)
    assert "ferry:lake_van:wagon" in found[1]
    assert "IRN-TUR-RA01" in crossings_on(found[1])
    shut.add("ferry:lake_van:wagon")
    assert path(graph(("rail",), frozenset(shut)), ["zone:KZ-75"], ["zone:IR-22"]) is None


@pytest.mark.parametrize(("start", "end", "published"), PUBLISHED, ids=lambda x: str(x))
def test_rail_distance_is_within_5_percent_of_the_published_one(rail, start, end, published):
    found = path(rail, _ends(start), _ends(end))
    assert found is not None
    assert found[0] == pytest.approx(published, rel=0.05)


def test_rasht_astara_is_there_and_not_open():
    rows = [row for row in table("link") if row["name"].startswith("Rasht - Astara")]
    assert len(rows) == 3
    assert {row["state"] for row in rows} == {"planned"}


def test_zones_form_one_component():
    arcs = graph()
    joined = defaultdict(set)
    for tail, heads in arcs.items():
        for head, _, _ in heads:
            joined[tail].add(head)
            joined[head].add(tail)
    zones = {f"zone:{row['zone_id']}" for row in table("zone")}
    found, todo = {"zone:KZ-75"}, ["zone:KZ-75"]
    while todo:
        for head in joined[todo.pop()] - found:
            found.add(head)
            todo.append(head)
    assert zones - found == set()


@pytest.mark.parametrize("crossing", ["TKM-IRN-RA01", "TKM-IRN-RA02", "IRN-AZE-RO01"])
def test_closing_a_crossing_leaves_no_free_node_beside_it(crossing):
    """No border link without an id joins the countries of a listed crossing."""
    pair = next(
        {r["country_a"], r["country_b"]}
        for r in table("border_crossing")
        if r["border_crossing_id"] == crossing
    )
    for row in table("link"):
        ends = {nodes()[row[f"{end}_node_id"]]["country_id"] for end in ("from", "to")}
        if ends == pair and row["state"] == "open":
            assert row["border_crossing_id"], row["link_id"]


def test_closing_both_rail_crossings_closes_rail_into_iran_from_turkmenistan():
    shut = frozenset({"TKM-IRN-RA01", "TKM-IRN-RA02"})
    arcs = graph(("rail",), shut, with_access=False)
    entered = [
        name
        for tail, heads in arcs.items()
        for head, _, name in heads
        if nodes()[tail]["country_id"] == "TKM" and nodes()[head]["country_id"] == "IRN"
    ]
    assert entered == []


def test_astara_road_is_no_free_border():
    copies = [node for node in nodes() if place_of(node) == "road:6323"]
    assert sorted(copies) == ["road:6323:AZE", "road:6323:IRN"]
    link = next(r for r in table("link") if r["link_id"] == "border:road:6323")
    assert link["border_crossing_id"] == "IRN-AZE-RO01"


def test_kuryk_grain_goes_by_the_port_and_a_tiny_port_takes_no_box():
    takes = defaultdict(set)
    for row in table("transshipment"):
        takes[row["terminal_id"]].add(row["cargo"])
    assert takes["ADD001"] == {"container", "bulk"}
    assert takes["ADD011"] == {"bulk"}
    assert "container" not in takes["ADD013"]


def test_politically_closed_borders_are_restrictions_with_a_date():
    reasons = {row["restriction_id"]: row for row in table("restriction")}
    for pair in ("RUS-UKR", "IND-PAK", "ARM-TUR"):
        row = reasons[f"closed:{pair}"]
        assert row["valid_from"]
        assert row["reason"]
    country = {name: row["country_id"] for name, row in nodes().items()}
    for row in table("link"):
        ends = {country[row["from_node_id"]], country[row["to_node_id"]]}
        if ends == {"RUS", "UKR"} and not row["pass_through"]:
            assert row["border_crossing_id"] in closed_places()


def test_incheh_borun_capacity_is_the_terminal_and_not_a_design():
    row = next(r for r in table("capacity") if r["place_ids"] == "TKM-IRN-RA01")
    values = [float(row[f"capacity_{x}t_per_year"]) for x in ("low_", "", "high_")]
    assert values == [550_000, 1_000_000, 1_300_000]
    assert "8 Mt" in row["note"]


def test_names_in_russian_and_persian():
    for row in table("country"):
        assert row["name_ru"]
        assert row["name_fa"]
    core = {"KAZ", "IRN", "TKM"}
    for row in table("zone"):
        if row["country_id"] in core:
            assert row["name_ru"], row["zone_id"]
            assert row["name_fa"], row["zone_id"]
    for row in table("border_crossing"):
        if {row["country_a"], row["country_b"]} & core:
            assert row["name_ru"], row["border_crossing_id"]
            assert row["name_fa"], row["border_crossing_id"]


def test_sources_and_odbl():
    sources = {row["source_id"]: row for row in table("source")}
    for part, source in (("rail", "osm-rail"), ("road", "osm-road")):
        assert sources[source]["licence"] == "ODbL 1.0", part
        assert "OpenStreetMap" in sources[source]["attribution"]
    for name in ("link", "node", "access", "transshipment", "border_dwell", "mode_rate", "speed"):
        for row in table(name):
            assert row["source"] in sources, (name, row["source"])
            assert row["status"] in ("observed", "derived", "assumed")


def test_size_of_the_network_tables():
    names = ("node", "link", "access", "transshipment", "border_dwell", "alias", "terminal")
    size = sum(f.stat().st_size for n in names for f in STUDY.glob(f"{n}*/*.csv*"))
    size += sum(f.stat().st_size for n in names for f in STUDY.glob(f"{n}.csv*"))
    assert size < 4_000_000


def test_shares_of_a_country_add_to_one():
    total = defaultdict(float)
    for row in table("zone_country"):
        total[row["country_id"]] += float(row["share"])
    assert all(abs(x - 1) < 1e-6 for x in total.values())


def test_csv_dialect_is_plain():
    with (STUDY / "zone.csv").open(encoding="utf-8", newline="") as handle:
        head = next(csv.reader(handle))
    assert head[0] == "zone_id"


def test_capacity_per_direction_only_where_the_figure_is_per_direction():
    ways = defaultdict(list)
    for row in table("capacity"):
        if row["cargo"] == "all" and not row["class_id"]:
            ways[row["place_ids"]].append((row["from_country"], row["to_country"]))
    assert sorted(ways["KAZ-CHN-RA01"]) == [("CHN", "KAZ"), ("KAZ", "CHN")]
    assert ways["KAZ-TKM-RA01"] == [("", "")]


def test_a_ferry_waits_once():
    """Stay before the ferry and wait of its timetable together are the published stay."""
    stay = next(
        row for row in table("transshipment") if row["transshipment_id"] == "ADD002:road-ferry:bulk"
    )
    line = next(row for row in table("timetable") if row["timetable_id"] == "SRV006")
    total = float(stay["time_h"]) + float(line["headway_h"]) / 2 + float(line["berth_h"])
    assert total == pytest.approx(69.7)


def test_no_zone_reaches_the_sea_beside_its_own_port():
    served = {row["terminal_id"] for row in table("transshipment")}
    land = {r["zone_id"] for r in table("access") if r["mode"] in ("rail", "road")}
    port = {row["zone_id"]: row["terminal_id"] for row in table("zone")}
    for row in table("access"):
        if row["mode"] == "sea" and row["zone_id"] in land:
            assert port[row["zone_id"]] not in served, row["access_id"]
