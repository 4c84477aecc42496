"""Build the tables of this side alone: ``python -m data.economy --source DIR [--out DIR]``."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from data.common import ROOT, SCHEMA, Tables, merged, read, write

STUDY = ROOT / "src/opencorridor/studies/iran_kazakhstan"


def existing(folder: Path) -> Tables:
    """Tables that stand in the study folder already, in one file or in parts."""
    result: Tables = {}
    for schema in sorted(SCHEMA.glob("*.csv")):
        name = schema.stem
        files = [folder / f"{name}.csv", folder / f"{name}.csv.gz"]
        files += sorted((folder / name).glob("*.csv*"))
        result[name] = [row for file in files if file.exists() for row in read(file)]
    return result


def build(source: Path, network: Tables) -> Tables:
    """All tables of the three packages of this side, parts under ``table/part``."""
    result: Tables = {}
    for package in ("economy", "measures", "observations"):
        part = importlib.import_module(f"data.{package}").tables(
            source, {**network, **merged(result)}
        )
        result.update(part)
    return result


def main() -> None:
    """Read the arguments, build, write and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=STUDY)
    args = parser.parse_args()
    for name, rows in build(args.source, existing(args.out)).items():
        size = write(args.out, name, rows)
        print(f"{name:20} {len(rows):7} rows {size:9} bytes")


if __name__ == "__main__":
    main()
