"""A small folder of study files to break."""

from __future__ import annotations

from pathlib import Path

TOML = """id = "small"
title = "Small"
baseline_date = 2024-12-31
price_year = 2024
[pair]
a = "NA"
b = "BBB"
[default]
commodity = "G"
"""


def small(folder: Path, **files: str | bytes) -> Path:
    """Write ``study.toml`` and the named tables (``link`` becomes ``link.csv``)."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(TOML, encoding="utf-8")
    for name, text in files.items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


NODES = "node_id,mode,lon,lat,source,status\n1,road,10,20,s,assumed\n2,road,11,21,s,assumed\n"
LINKS = (
    "link_id,mode,from_node_id,to_node_id,length_km,source,status\n"
    "L1,road,1,2,{km},s,assumed\nL2,road,2,1,7.5,s,assumed\n"
)
