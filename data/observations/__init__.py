"""Observations, their match to the model, traffic counts and trade series."""

from __future__ import annotations

from pathlib import Path

from data.economy.shared import Sources, Tables

from . import counts, indicators, match, observed, season, traffic_match


def tables(source: Path, network: Tables) -> Tables:
    """Build the tables of observations.

    Parameters
    ----------
    source
        Folder with the collected data.
    network
        Finished tables: ``commodity`` (payloads), ``deflator`` (prices) and, where they are
        there, ``access`` and ``node`` of the network side for stations.
    """
    sources = Sources("observations")
    observations = observed.observation(source, sources)
    traffic = counts.traffic(source, sources)
    return {
        "observation": observations,
        "corridor_indicator": indicators.corridor_indicator(source, observations),
        "observation_match": match.observation_match(source, observations, network),
        "season": season.season(traffic),
        "traffic": traffic,
        "traffic_match": traffic_match.traffic_match(traffic, network),
        "trade_series": counts.trade_series(source, sources),
        "source/observations": sources.rows(),
    }
