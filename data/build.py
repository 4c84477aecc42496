"""Build the tables of the shipped study from its sources.

Usage: ``python data/build.py --source DIR [--out src/opencorridor/studies/iran_kazakhstan]``.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from data import network  # noqa: E402
from data.background import fill  # noqa: E402
from data.calibrate import judge  # noqa: E402
from data.choice import fit_constants, fit_scales  # noqa: E402
from data.common import Row, Tables, merged, write  # noqa: E402

STUDY = ROOT / "src/opencorridor/studies/iran_kazakhstan"
# Packages that build on the network, in this order.
PACKAGES = ("economy", "measures", "observations")
LIMIT_BYTES = 6_000_000


def build(source: Path, packages: tuple[str, ...] = PACKAGES) -> Tables:
    """All tables; the parts of a table are named ``table/part``."""
    tables = network.tables(source)
    for package in packages:
        if not _is_built(package):
            print(f"{package}: not there yet, left out", file=sys.stderr)
            continue
        part: Tables = importlib.import_module(f"data.{package}").tables(source, merged(tables))
        known = {row["source_id"] for row in merged(tables)["source"]}
        for name, rows in part.items():
            if name == "source":
                fresh = [row for row in rows if row["source_id"] not in known]
                tables.setdefault("source/economy", []).extend(fresh)
            else:
                tables.setdefault(_part(tables, name, package), []).extend(rows)
    return tables


def _is_built(package: str) -> bool:
    module = importlib.util.find_spec(f"data.{package}")
    return module is not None and hasattr(importlib.import_module(f"data.{package}"), "tables")


def _part(tables: Tables, name: str, package: str) -> str:
    """Name under which a package adds to a table that is there already in parts or whole."""
    split = any(key.startswith(f"{name}/") for key in tables)
    return f"{name}/{package}" if split else name


def save(tables: Tables, out: Path) -> int:
    """Write every table and print its size; return the bytes written."""
    total = 0
    for name, rows in sorted(tables.items()):
        size = write(out, name, _tidy(rows))
        total += size
        print(f"{name:22} {len(rows):7} rows {size:9} bytes")
    return total


def _tidy(rows: list[Row]) -> list[Row]:
    return [{key: value.strip() for key, value in row.items()} for row in rows]


def main() -> int:
    """Read the arguments, build, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=STUDY)
    parser.add_argument("--only-network", action="store_true", help="leave the rest as it is")
    args = parser.parse_args()
    tables = build(args.source, () if args.only_network else PACKAGES)
    total = save(tables, args.out)
    if not args.only_network:
        judge(tables, args.out)
        for fit in (fit_scales, fit_constants):
            fit(tables, args.out)
            save(tables, args.out)
        fill(tables, args.out)
        total = save(tables, args.out)
    print(f"{total} bytes")
    if total > LIMIT_BYTES:
        print(f"more than {LIMIT_BYTES} bytes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
