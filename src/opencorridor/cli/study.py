"""``opencorridor study``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from opencorridor.cli import options, show

__all__ = ["app"]

app = typer.Typer(help="Make studies.", no_args_is_help=True, rich_markup_mode=None)

EXAMPLES = """Examples:

\b
  opencorridor study new my_corridor
  opencorridor study new what_if --from iran_kazakhstan
"""


@app.command("new", epilog=EXAMPLES)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of the new study.")],
    from_study: Annotated[
        str | None, typer.Option("--from", help="Study to copy.", metavar="STUDY")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where to put it; ./NAME by default.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Make a folder with all tables to fill in, or a copy of a study."""
    from opencorridor.operations.study_new import NewStudyRequest, make

    result = make(NewStudyRequest(name, from_study, folder))
    if as_json:
        show.print_json({"schema_version": 1, "folder": str(result.folder)})
        return
    print(f"Made {result.folder}")
    print(f"Next: opencorridor check --study {result.folder}")
