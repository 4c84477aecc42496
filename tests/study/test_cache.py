"""The cache: what is stored comes back, and nothing half-written is ever seen."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from opencorridor.study import Study, cache, open_study, write_study
from tests.study.files import LINKS, NODES, small

ARRAYS = {
    "x": np.arange(6.0).reshape(2, 3),
    "flag": np.array([True, False]),
    "none": np.zeros(0, dtype=np.int32),
    "name": np.array(["Ақтау", "", "انزلی"], dtype=object),
    "no_names": np.zeros(0, dtype=object),
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_arrays_come_back() -> None:
    assert cache.load_arrays("abc", "graph") is None
    assert cache.save_arrays("abc", "graph", ARRAYS, {"gap": 0.5})
    found = cache.load_arrays("abc", "graph")
    assert found is not None
    assert found.pop("meta") == {"gap": 0.5}
    assert set(found) == set(ARRAYS)
    for name, values in ARRAYS.items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].dtype == values.dtype
        assert not found[name].flags.writeable
    assert type(found["x"]) is np.ndarray
    assert isinstance(found["x"].base, np.memmap)
    assert cache.load_arrays("abd", "graph") is None


def test_saving_again_replaces() -> None:
    cache.save_arrays("abc", "k", {"a": np.array([1])})
    cache.save_arrays("abc", "k", {"b": np.array([2])})
    found = cache.load_arrays("abc", "k")
    assert found is not None
    assert set(found) == {"meta", "b"}
    assert sorted(p.name for p in cache.cache_dir("abc").iterdir()) == ["k"]


def test_odd_keys_do_not_leave_the_cache(own_cache: Path) -> None:
    for key in ("../../x", "a/b", ".hidden", "k" * 500):
        assert cache.save_arrays("abc", key, {"a": np.array([1])})
        assert cache.load_arrays("abc", key) is not None
    assert {p.parent for p in cache.cache_dir("abc").iterdir()} == {cache.cache_dir("abc")}


def test_a_killed_write_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("opencorridor.study.cache._put", fail)
    with pytest.raises(KeyboardInterrupt):
        cache.save_arrays("abc", "k", {"a": np.array([1])})
    assert cache.load_arrays("abc", "k") is None
    assert list(cache.cache_dir("abc").iterdir()) == []


def test_a_damaged_entry_is_as_good_as_none() -> None:
    cache.save_arrays("abc", "k", {"a": np.arange(100)})
    path = cache.cache_dir("abc") / "k" / "a.npy"
    path.write_bytes(path.read_bytes()[:50])
    assert cache.load_arrays("abc", "k") is None


def test_without_a_place_to_write_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("OPENCORRIDOR_CACHE", str(tmp_path / "file" / "cache"))
    assert not cache.save_arrays("abc", "k", {"a": np.array([1])})
    assert cache.load_arrays("abc", "k") is None


def age(folder: Path, seconds: float) -> None:
    """Make the files of a study look as if they had been written some time ago."""
    for path in folder.rglob("*"):
        stat = path.stat()
        os.utime(path, (stat.st_atime, stat.st_mtime - seconds))


def test_the_hash_of_unchanged_files_is_known(teaching: Study, tmp_path: Path) -> None:
    folder = write_study(teaching, tmp_path / "t")
    age(folder, 10)
    assert cache.known_hash(folder) is None
    study = open_study(folder)
    assert cache.remember_hash(study)
    assert cache.known_hash(folder) == study.hash
    path = folder / "link.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("480", "481"), encoding="utf-8")
    age(folder, 5)
    assert cache.known_hash(folder) is None
    assert not cache.remember_hash(study.replace({}))  # not what stands in the files


def test_files_written_just_now_are_not_trusted(teaching: Study, tmp_path: Path) -> None:
    folder = write_study(teaching, tmp_path / "t")
    assert cache.fingerprint(folder) == ""
    assert not cache.remember_hash(open_study(folder))


def test_a_large_study_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{k},rail,{k / 700},{k / 900},s,assumed\n" for k in range(25_000))
    ids = NODES.splitlines()[0] + "\n" + rows
    folder = small(tmp_path / "s", node=ids, link=LINKS.format(km=1).replace(",1,2,", ",1.0,2.0,")
                   .replace(",2,1,", ",2.0,1.0,"))  # fmt: skip
    age(folder, 10)
    first = open_study(folder)

    def fail(*_: object) -> None:
        raise AssertionError("parsed again")

    with monkeypatch.context() as patch:
        patch.setattr("opencorridor.study.load._read_table", fail)
        again = open_study(folder)
    for name, table in first.tables.items():
        assert again[name].parts == table.parts
        for column in table.columns:
            np.testing.assert_array_equal(again[name][column], table[column])
            assert again[name][column].dtype == table[column].dtype
            assert not again[name][column].flags.writeable
    assert again.notices == first.notices != ()
    assert again.hash == first.hash == first.replace({}).hash == again.replace({}).hash
    path = folder / "link.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("7.5", "8.5"), encoding="utf-8")
    assert open_study(folder)["link"]["length_km"][1] == 8.5


def test_clear_counts_and_leaves_foreign_files(own_cache: Path) -> None:
    cache.save_arrays("abc", "k", {"a": np.array([1])})
    (own_cache / "mine.txt").write_text("keep", encoding="utf-8")
    files, size = cache.clear()
    assert files == 2
    assert size > 100
    assert [p.name for p in own_cache.iterdir()] == ["mine.txt"]
    assert cache.clear() == (0, 0)
