"""What a clone holds: locked versions without addresses, no machine's paths, living links."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

import opencorridor
from tests.house.repository import ROOMS, ROOT, SOURCE, files, relative, text, with_suffix

MEBIBYTE = 2**20
STUDIES_LIMIT = 6 * MEBIBYTE
FILE_LIMIT = 2 * MEBIBYTE

# Joined here, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    "|".join(
        [
            r"(?<![\w.$}~-])/(?:work|root|home|Users|opt)" + r"/\w",
            r"\b[A-Z]:\\" + "Users",
            re.escape("../" + "shared"),
        ]
    )
)
DOCUMENTS = with_suffix(".md")
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "least"), [("requirements.lock", 20), ("frontend/node.lock", 1)])
def test_lock_has_hashes_and_no_address(name: str, least: int) -> None:
    lock = read(name)
    assert "://" not in lock
    assert re.search(r"^\s*-(?:-index|-extra|-find|f|i)\b", lock, re.MULTILINE) is None
    pins = re.findall(r"^(\S+)==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    blocks = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks) > least
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_lock_of_the_front_end_has_hashes_and_no_address() -> None:
    lock = json.loads(read("frontend/package-lock.json"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 20
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, e in packages.items() if not e["integrity"].startswith("sha512-")] == []


def test_lock_holds_every_dependency() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = {name.lower() for name in re.findall(r"^([\w.-]+)==", read("requirements.lock"), re.M)}
    names = {re.split(r"[<>=!~ \[;]", entry)[0].lower() for entry in wanted}
    assert names - locked == set()


def test_no_file_names_a_machine() -> None:
    found = []
    for path in files():
        content = text(path)
        for number, line in enumerate((content or "").splitlines(), 1):
            if MACHINE_PATHS.search(line):
                found.append(f"{relative(path)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_search_for_machines_finds() -> None:
    assert MACHINE_PATHS.search("open('/" + "home/ann/x.csv')")
    assert MACHINE_PATHS.search("../" + "shared/data")
    assert not MACHINE_PATHS.search("https://example.org/home/page")


def test_committed_studies_stay_small() -> None:
    sizes = {path: path.stat().st_size for path in files()}
    assert {relative(path): size for path, size in sizes.items() if size > FILE_LIMIT} == {}
    studies = SOURCE / "studies"
    assert sum(n for path, n in sizes.items() if path.is_relative_to(studies)) <= STUDIES_LIMIT


def test_versions_agree() -> None:
    version = opencorridor.__version__
    newest = re.search(r"^## \[(\d\S*)\]", read("CHANGELOG.md"), re.MULTILINE)
    cited = re.search(r"^version: \"?([^\"\s]+)", read("CITATION.cff"), re.MULTILINE)
    assert newest is not None
    assert cited is not None
    assert (newest[1], cited[1]) == (version, version)


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.+?)\s*$", CODE.sub("", read(relative(path))), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def dead_links(path: Path) -> list[str]:
    dead = []
    for target in LINK.findall(CODE.sub("", read(relative(path)))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists():
            dead.append(f"{relative(path)} -> {target}: no such file")
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            dead.append(f"{relative(path)} -> {target}: no such heading")
    return dead


def test_links_lead_somewhere() -> None:
    assert [link for path in DOCUMENTS for link in dead_links(path)] == []


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    reached, todo = {index}, [index]
    while todo:
        page = todo.pop()
        for target in LINK.findall(read(relative(page))):
            there = (page.parent / target.partition("#")[0]).resolve()
            if there.suffix == ".md" and there.exists() and there not in reached:
                reached.add(there)
                todo.append(there)
    pages = {path for path in DOCUMENTS if path.is_relative_to(ROOT / "docs")}
    assert sorted(relative(path) for path in pages - reached) == []


def test_every_room_is_in_the_architecture() -> None:
    page = read("docs/architecture.md")
    assert [room for room in ROOMS if f"`{room}" not in page] == []


def test_where_new_code_goes_names_real_places() -> None:
    table = read("CONTRIBUTING.md").split("## Where new code goes")[1].split("\n## ")[0]
    changes = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(changes) >= 10
    named = {
        place
        for line in changes
        for place in re.findall(r"`((?:src|tests|data|docs|benchmarks)/[\w./]*)`", line)
    }
    assert sorted(place for place in named if not (ROOT / place).exists()) == []


@pytest.mark.skipif(os.name == "nt", reason="make is for developers on Linux and macOS")
def test_make_help_lists_every_target() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    shown = subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    assert phony is not None
    assert re.findall(r"^  make (\w+)", shown, re.MULTILINE) == phony[1].split()
