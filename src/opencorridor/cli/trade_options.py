"""Options that the commands of ``opencorridor trade`` share: the columns of a user's table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Exporter", "File", "Importer", "Iso", "Trade", "Year"]

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="CSV with a header (.gz too), one row per pair and year."),
]
Exporter = Annotated[
    str, typer.Option("--exporter", help="Column that names the exporter.", metavar="COLUMN")
]
Importer = Annotated[
    str, typer.Option("--importer", help="Column that names the importer.", metavar="COLUMN")
]
Year = Annotated[
    str | None,
    typer.Option("--year", help="Column of the year, where there are several.", metavar="COLUMN"),
]
Trade = Annotated[
    str, typer.Option("--trade", help="Column of the value of trade, any unit.", metavar="COLUMN")
]
Iso = Annotated[
    bool,
    typer.Option("--iso", help="Exporters and importers have to be ISO 3166-1 alpha-3 codes."),
]
