"""``opencorridor serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from opencorridor.cli import options, show

__all__ = ["EXAMPLES", "serve"]

EXAMPLES = """Examples:

\b
  opencorridor serve
  opencorridor serve --study my_corridor --port 8010 --no-open
"""


def serve(
    study: options.Study = options.DEFAULT_STUDY,
    host: Annotated[
        str, typer.Option("--host", help="127.0.0.1, ::1 or localhost: this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="Port; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    open_page: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open the page; by default where a desktop is."),
    ] = None,
) -> None:
    """Serve the workbench to a browser on this machine, until Ctrl-C."""
    from opencorridor.web.server import desktop, serve
    from opencorridor.web.settings import Settings

    def ready(address: str) -> None:
        print(address, flush=True)
        show.note("Stop with Ctrl-C")
        if desktop() if open_page is None else open_page:
            _open(address)

    serve(Settings(study=study), host, port, ready)


def _open(address: str) -> None:
    """Open a page without waiting for the browser."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
