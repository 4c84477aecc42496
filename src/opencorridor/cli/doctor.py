"""``opencorridor doctor``."""

from __future__ import annotations

import typer

from opencorridor.cli import options, show

__all__ = ["doctor"]

EXAMPLES = """Examples:

\b
  opencorridor doctor
  opencorridor doctor --json
"""


def doctor(as_json: options.Json = False) -> None:
    """Print versions, settings, cache and limits of this installation."""
    from opencorridor.operations.doctor import examine

    found = examine()
    if as_json:
        show.print_json({"schema_version": 1, **found.as_dict()})
    else:
        memory = "unknown" if found.memory_gib is None else f"{found.memory_gib:g} GiB"
        rows = [
            ("opencorridor", found.opencorridor),
            ("python", found.python),
            ("system", found.system),
            ("cores, threads", f"{found.cores}, {found.threads}"),
            ("memory", memory),
            ("cache", f"{found.cache_folder} ({found.cache_mib:g} MiB)"),
            ("cache writable", "yes" if found.cache_writable else "no: nothing is kept"),
            ("studies", ", ".join(found.studies)),
        ]
        rows += [(name, version or "not installed") for name, version in found.versions.items()]
        rows += list(found.settings.items())
        print(show.table(("what", "value"), rows))
    if found.missing:
        show.note(f"Missing: {', '.join(found.missing)}; install opencorridor again")
        raise typer.Exit(1)
