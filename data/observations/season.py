"""Table ``season``: in which months goods move, where counts of parts of a year tell it.

One part of a year was counted beside whole years: grain that the Kazakh railways export after
the harvest. Its months share evenly what moves in them; every other class moves evenly.
"""

from __future__ import annotations

from data.economy.shared import Row, num

__all__ = ["season"]

# Grain of Kazakhstan by rail: September to March, and the two calendar years that it lies in.
PART, WHOLE = "TRF077", ("TRF079", "TRF082")
MONTHS = (9, 10, 11, 12, 1, 2, 3)
CLASS, EXPORTER = "C01", "KAZ"


def season(traffic: list[Row]) -> list[Row]:
    """Return twelve rows that add to 1."""
    rows = {row["traffic_id"]: row for row in traffic}
    year = sum(float(rows[i]["value"]) for i in WHOLE) / len(WHOLE)
    share = float(rows[PART]["value"]) / year
    rest = 12 - len(MONTHS)
    return [
        {
            "class_id": CLASS,
            "exporter": EXPORTER,
            "month": str(month),
            "share": num(share / len(MONTHS) if month in MONTHS else (1.0 - share) / rest, 8),
            "note": f"{PART} (September to March) over the mean year of {' and '.join(WHOLE)}, "
            "even within both parts",
            "source": rows[PART]["source"],
            "status": "derived",
        }
        for month in range(1, 13)
    ]
