"""Measures, their edits, agreements and commitments."""

from __future__ import annotations

from pathlib import Path

from data.economy.shared import Sources, Tables

from . import edits, registry


def tables(source: Path, network: Tables) -> Tables:
    """Build the tables of measures.

    Parameters
    ----------
    source
        Folder with the collected data.
    network
        Finished tables of the network side: edits are resolved to ids of their rows.
    """
    sources = Sources("measures")
    measure_edit, lost = edits.measure_edit(source, sources, network)
    return {
        "measure": registry.measure(source, sources, lost),
        "measure_edit": measure_edit,
        "agreement": registry.agreement(source, sources),
        "commitment": registry.commitment(source, sources),
        "source/measures": sources.rows(),
    }
