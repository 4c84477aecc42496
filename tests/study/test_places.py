"""What people type, and the place that is meant."""

from __future__ import annotations

import pytest

from opencorridor.study import (
    OpenCorridorError,
    Settings,
    Study,
    Table,
    places,
    resolve,
    resolve_all,
)

OWN = {"source": "s", "status": "assumed"}


@pytest.fixture(scope="module")
def towns() -> Study:
    """A town with zone, port and stations; a border town with two sides; namesakes far apart."""
    zones = [("Z1", "Harbour Town", "X", 10.0, 40.0), ("Z2", "Twin", "X", 20.0, 40.0),
             ("Z3", "Faraway", "X", 0.0, 0.0)]  # fmt: skip
    nodes = [
        ("rail:1:X", "rail", "Harbour Town", "X", 10.1, 40.0),
        ("rail:2:X", "rail", "Harbour Town", "X", 10.2, 40.0),
        ("rail:3:Y", "rail", "Twin", "Y", 20.05, 40.0),
        ("rail:4:X", "rail", "Faraway", "X", 60.0, 50.0),
        ("rail:5:X:1520", "rail", "Lone Halt", "X", 30.0, 40.0),
        ("rail:5:X:1435", "rail", "Lone Halt", "X", 30.0, 40.0),
        ("road:6", "road", "Harbour Town", "Z", -50.0, 10.0),
        ("road:7", "road", "Crossroads", "X", 31.0, 40.0),
        ("rail:8:X", "rail", "Border Post", "X", 50.0, 40.0),
    ]
    crossings = [("BX1", "Border Post", "rail", 50.0), ("BX2", "Border Post", "road", 50.1),
                 ("BX3", "Gate", "rail", 52.0), ("BX4", "Gate", "road", 52.1)]  # fmt: skip
    tables = {
        "zone": [
            {"zone_id": i, "name_en": n, "country_id": c, "lon": x, "lat": y, **OWN}
            for i, n, c, x, y in zones
        ],
        "node": [
            {"node_id": i, "mode": m, "name": n, "country_id": c, "lon": x, "lat": y, **OWN}
            for i, m, n, c, x, y in nodes
        ],
        "terminal": [
            {"terminal_id": "P1", "kind": "port", "name_en": "Harbour Town", "country_id": "X",
             "lon": 10.0, "lat": 40.1, "locode": "XXHAR", **OWN},
            {"terminal_id": "P2", "kind": "port", "name_en": "Twin", "country_id": "X",
             "lon": 20.0, "lat": 40.1, **OWN},
        ],
        "border_crossing": [
            {"border_crossing_id": i, "kind": "listed", "name_en": n, "country_a": "X",
             "country_b": "Y", "mode": m, "lon": x, "lat": 40.0, **OWN}
            for i, n, m, x in crossings
        ],
        "country": [
            {"country_id": "X", "name_en": "Xland", **OWN},
            {"country_id": "Z", "name_en": "Harbour Town", **OWN},
        ],
        "alias": [
            {"place_kind": "zone", "place_id": "Z1", "name": name, "lang": lang, **OWN}
            for name, lang in (("Гавань", "ru"), ("بندر كي", "fa"), ("Havënport-sur-Mer", "fr"))
        ],
    }  # fmt: skip
    return Study(Settings("s"), {k: Table.from_rows(k, rows) for k, rows in tables.items()})


@pytest.mark.parametrize(
    ("text", "kind", "place_id"),
    [
        ("Harbour Town", "zone", "Z1"),  # zone before port, stations, country; the road node far
        ("harbour  TOWN", "zone", "Z1"),
        ("ГАВАНЬ", "zone", "Z1"),
        ("بندر کی", "zone", "Z1"),  # Persian kaf and yeh for the Arabic ones of the table
        ("havenport sur mer", "zone", "Z1"),
        ("port:Harbour Town", "port", "P1"),
        ("station: Harbour Town", "station", "rail:1:X"),
        ("zone:Z1", "zone", "Z1"),
        ("xxhar", "port", "P1"),
        ("rail:3:Y", "station", "rail:3:Y"),
        ("Crossroads", "station", "road:7"),
        ("Border Post", "station", "rail:8:X"),
        ("crossing:BX3", "border_crossing", "BX3"),
        ("Xland", "country", "X"),
        ("zone:Twin", "zone", "Z2"),
        ("40.5, -7", "coordinates", "40.5,-7"),
    ],
)
def test_the_place_meant(towns: Study, text: str, kind: str, place_id: str) -> None:
    place = resolve(towns, text)
    assert (place.kind, place.id) == (kind, place_id)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Twin", ["zone:Z2", "port:P2", "station:rail:3:Y"]),  # two sides of a border
        ("Faraway", ["zone:Z3", "station:rail:4:X"]),  # different places of one country
        ("Gate", ["border_crossing:BX3", "border_crossing:BX4"]),
        ("crossing:Border Post", ["border_crossing:BX1", "border_crossing:BX2"]),
    ],
)
def test_several_places_are_an_error_with_candidates(
    towns: Study, text: str, candidates: list[str]
) -> None:
    with pytest.raises(OpenCorridorError) as caught:
        resolve(towns, text)
    (problem,) = caught.value.problems
    assert problem.code == "ambiguous_place"
    assert all(candidate in problem.message for candidate in candidates)


def test_a_station_has_all_its_layer_nodes(towns: Study) -> None:
    assert resolve(towns, "Lone Halt").ids == ("rail:5:X:1520", "rail:5:X:1435")
    assert resolve(towns, "station:Harbour Town").ids == ("rail:1:X", "rail:2:X")
    assert resolve(towns, "rail:2:X").ids == ("rail:2:X",)


def test_avoiding_a_name_means_all_of_that_town(towns: Study) -> None:
    found = resolve_all(towns, "Gate", ("country", "border_crossing", "port"))
    assert [place.id for place in found] == ["BX3", "BX4"]
    with pytest.raises(OpenCorridorError, match="ambiguous"):
        resolve_all(towns, "Twin")


def test_an_unknown_place_has_near_names(towns: Study) -> None:
    with pytest.raises(OpenCorridorError, match=r"did you mean Harbour Town"):
        resolve(towns, "Harbor Town")
    with pytest.raises(OpenCorridorError) as caught:
        resolve(towns, "Qqqq")
    assert caught.value.problems[0].mend == ""


def test_kind_narrows_the_search(towns: Study) -> None:
    assert resolve(towns, "Harbour Town", "country").id == "Z"
    for text in ("port:Harbour Town", "1,2", "Crossroads"):
        with pytest.raises(OpenCorridorError, match="unknown_place"):
            resolve(towns, text, ("zone",))


@pytest.mark.parametrize("text", ["91,10", "40,181"])
def test_impossible_coordinates(towns: Study, text: str) -> None:
    with pytest.raises(OpenCorridorError, match="out_of_range"):
        resolve(towns, text)


def test_the_index_goes_through_the_cache(towns: Study) -> None:
    index = places.place_index(towns)
    again = places.PlaceIndex.from_arrays(index.to_arrays())
    for text in ("Harbour Town", "Гавань", "crossing:BX3", "station:Harbour Town"):
        assert repr(resolve(again, text)) == repr(resolve(towns, text))
    with pytest.raises(OpenCorridorError, match="ambiguous"):
        resolve(again, "Twin")
    assert places.place_index(towns) is index
