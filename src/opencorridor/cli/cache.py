"""``opencorridor cache``."""

from __future__ import annotations

import typer

from opencorridor.cli import options, show

__all__ = ["app"]

app = typer.Typer(help="Manage the cache.", no_args_is_help=True, rich_markup_mode=None)


@app.command("clear")
def clear(as_json: options.Json = False) -> None:
    """Delete the cache; it is made again when needed."""
    from opencorridor.operations.cache import clear as delete

    result = delete()
    if as_json:
        show.print_json(
            {"folder": str(result.folder), "files": result.files, "bytes": result.bytes}
        )
        return
    print(f"Deleted {result.files} files ({result.bytes / 2**20:.1f} MiB) in {result.folder}")
