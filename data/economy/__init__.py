"""Economy of the study: trade, output, classes, elasticities, growth, prices, tariffs."""

from __future__ import annotations

from pathlib import Path

from . import classes, generation, gravity, rules, trade
from .shared import Row, Sources, Tables, read


def tables(source: Path, network: Tables) -> Tables:
    """Build the economy tables from the source folder.

    Parameters
    ----------
    source
        Folder with the collected data.
    network
        Finished tables of the network side; ``zone_country`` is used where it is there.

    Returns
    -------
    dict
        Table name to rows of text.
    """
    sources = Sources("economy")
    for module in (trade, classes, generation, rules, gravity):
        module.register(sources)
    flows = trade.flows(source)
    flow_rows = trade.trade_flow(source, flows)
    codes = trade.countries(flows)
    return {
        "trade_flow": flow_rows,
        "output": trade.output(source, flow_rows),
        "pipeline": trade.pipeline(source, sources, codes),
        "captive": generation.captive(network["country"]),
        "commodity": classes.commodity(source),
        "sector": classes.sector(),
        "concordance": classes.concordance(source, sources),
        "value_density": classes.value_density(source),
        "zone_share": classes.zone_share(source, sources, codes, zone_country(source, network)),
        "tariff": rules.tariff(),
        "elasticity": rules.elasticity(source),
        "growth": rules.growth(source, codes),
        "deflator": rules.deflator(source),
        "parameter": rules.parameter(),
        "choice": rules.choice(),
        "choice_constant": rules.choice_constant(),
        "pair_fact": gravity.pair_fact(source, codes),
        "gdp": gravity.gdp(source, codes),
        "time_cost": gravity.time_cost(),
        "non_tariff": gravity.non_tariff(source),
        "lever": gravity.lever(),
        "source/economy": sources.rows(),
    }


def zone_country(source: Path, network: Tables) -> list[Row]:
    """Weights of the zones of a country, from the network side or straight from the source."""
    if network.get("zone_country"):
        return network["zone_country"]
    return [
        {
            "country_id": row["iso3"],
            "zone_id": row["zone_id"],
            "share": row["share"],
            "status": row["status"],
        }
        for row in read(source / "network/zone_country.csv")
    ]
