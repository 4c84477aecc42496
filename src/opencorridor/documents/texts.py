"""Every English text of the documents, by key; other languages will stand beside it.

A text is a plain format string. Translators: words in braces are filled in by the program; money,
weights and shares come with their unit. A key that ends in ``.one`` is the singular of the key
without it. Sentences are short and say what the model gives, never what will happen.
"""

from __future__ import annotations

from opencorridor.documents.texts_tables import COLUMNS, WORDS

__all__ = ["column_title", "counted", "has", "text", "word"]

TEXTS: dict[str, str] = {
    "lang": "en",
    # --- frame of the page
    "product": "OpenCorridor",
    "skip": "Skip to the answer",
    "contents": "On this page",
    "run_line": "Study {study_id} · run {study_hash} · version {version}",
    "run_line.draws": "{draws} draws · seed {seed}",
    "run_line.generated": "written {generated}",
    "footer": "Made by OpenCorridor {version} from study {study_id}, hash {study_hash}.",
    "source_line": "Source: {source}.",
    "source_line.model": "OpenCorridor model, study {study_id}, run {study_hash}",
    "basis": "{basis}.",
    "full_table": "All {n} rows: {file} in the results folder",
    "rows_shown": "The first {shown} of {n} rows.",
    "table_twin": "Table of this figure",
    "status_key": "● observed   ◆ derived   ○ assumed",
    # --- headline
    "headline.baseline": "Trade between {a} and {b} was {baseline} in {year}.",
    "headline.plan": "With the chosen measures the model gives {plan} in {year}.",
    "headline.reached": "The target of {target} is reached with {spare} to spare.",
    "headline.not_reached": "The target of {target} is not reached; the gap is {gap}.",
    "headline.current": "These are current US dollars.",
    "headline.constant": "In constant US dollars of {price_year}, the plan gives {plan} in {year}.",
    "headline.constant.axis": "constant US dollars of {price_year}",
    "headline.probability": "{n} of 10 runs reach the target.",
    "headline.probability.few": "Fewer than 1 of 10 runs reach the target.",
    "headline.probability.most": "More than 9 of 10 runs reach the target.",
    "headline.probability.none": "None of the {draws} runs reaches the target.",
    "headline.probability.all": "All {draws} runs reach the target.",
    "headline.places": "The best routes of {title}, leg by leg",
    # --- tiles
    "tile.plan": "With the chosen measures, {year}",
    "tile.no_new": "Without new measures, {year}",
    "tile.gap": "Gap to the target of {target}",
    "tile.spare": "Above the target of {target}",
    "tile.binding": "Fills first: {name}",
    "tile.binding.value": "{share} used",
    "tile.binding.wait": "{hours} of wait for room",
    "tile.prices": "current US$; 8 of 10 runs fall in the band",
    "tile.prices.one": "current US$",
    # --- path
    "path.heading": "The path",
    "path.title.not_reached": "Trade reaches {plan} in {year}, {gap} below the target",
    "path.title.reached": "Trade reaches {plan} in {year}, {gap} above the target",
    "path.title": "Trade grows to {plan} in {year}",
    "path.subtitle": "Trade of {a} and {b}, both directions, current US$ a year",
    "path.plan": "Chosen measures",
    "path.no_new": "No new measures",
    "path.band": "Band of the plan: 8 of 10 runs fall in it",
    "path.observed": "Observed",
    "path.target.short": "{side}: {usd}",
    "path.target": "Target of {side}: {usd}",
    "path.target.stage": "Target of {side}: {usd} ({stage})",
    "path.target.plain": "Target: {usd}",
    "path.note": "The band holds 8 of 10 runs of the model. "
    "It does not cover war, sanctions changes or a wrong model.",
    "path.after": "Observed years after {year} are shown beside the model, not fitted.",
    # --- decomposition
    "parts.heading": "What the path is made of",
    "parts.title": "The largest step is {part}: {usd}",
    "parts.title.gap": "The largest step is {part}: {usd}; {gap} remain missing",
    "parts.subtitle": "From trade in {baseline_year} to the target in {target_year}, current US$",
    # --- what binds
    "binds.heading": "What binds",
    "binds.title": "{name} fills first: {share} of its capacity is used",
    "binds.title.none": "No place is short of capacity",
    "binds.subtitle": "Load against capacity, tonnes a year, and the wait that follows",
    "binds.names": "In the target year these places bind: {names}.",
    "binds.stranded": "{stranded} a year find no room at any wait.",
    # --- backward
    "backward.heading": "The question backwards",
    "backward.title": "The target needs trade costs {share} lower",
    "backward.title.unreached": "No fall of trade costs that was tried reaches the target",
    "backward.title.doors": "What passes through which door",
    "backward.subtitle": "Doors between {a} and {b}: load against capacity, tonnes a year",
    "backward.cost_fall": "fall of all trade costs of the pair that gives the target",
    "backward.tonnes": "from {a} to {b}, a year",
    "backward.wagons": "wagons a day",
    "backward.boxes": "boxes a day",
    "backward.closest": "The closest result is {usd}, with trade costs {share} lower.",
    "backward.closest.plain": "The closest result is {usd}.",
    # --- measures
    "measures.heading": "The measures",
    "measures.title": "{title} brings most alone: {usd}",
    "measures.title.none": "No measure moves trade alone",
    "measures.subtitle": "Effect of each measure alone in {year}, constant US$ a year",
    "measures.filled": "chosen",
    "measures.hatched": "not chosen",
    "measures.whisker": "whisker: 8 of 10 runs",
    "measures.count": "{chosen} of {n} measures are chosen.",
    "measures.cost": "The chosen measures cost {usd}, by sources or by kind.",
    "measures.unexpressed.one": "{n} measure has no effect that the model can express. "
    "The table says why.",
    "measures.unexpressed": "{n} measures have no effect that the model can express. "
    "The table says why.",
    # --- map
    "map.heading": "The corridor",
    "map.title": "{name} carries most: {t} a year",
    "map.title.plain": "The corridor and its crossings",
    "map.subtitle": "All goods in the baseline, tonnes a year; crossings by their hours",
    "map.subtitle.plain": "Network and best routes; crossings by their hours",
    "map.summary": "Map of the corridor with {links} loaded links and {places} places.",
    "map.summary.largest": "The widest line is {name} with {t} a year.",
    "map.legend.width": "Tonnes a year, both directions",
    "map.legend.capped": "{t} and more",
    "map.legend.direction": "Each direction has its own lane, on the right of travel.",
    "map.legend.thin": "Loads below {t} a year are drawn as the thinnest line.",
    "map.legend.mode": "Mode",
    "map.legend.base": "faint: no load in the model",
    "map.legend.hours": "Dwell and wait, hours",
    "map.legend.crossing": "border crossing",
    "map.legend.terminal": "port or terminal",
    "map.legend.zone": "zone",
    "map.legend.route": "highlighted route",
    "map.legend.marks": "Marks",
    "map.coast": "Coasts and lakes: Natural Earth, public domain; no borders are drawn",
    "map.places": "Places on the map",
    "map.links": "Links with the largest loads",
    "map.scroll": "Corridor map; scroll sideways on a small screen",
    # --- traffic check
    "traffic.heading": "Modelled against observed traffic",
    "traffic.title": "{n} of {all} places are within a factor of two of what was observed",
    "traffic.subtitle": "Tonnes a year at named places; observed figures were not fitted",
    # --- winners
    "winners.heading": "Who gains, who loses",
    "winners.title": "{name} gains most: {usd} of trade a year",
    "winners.subtitle": "Change with the chosen measures in the target year, constant US$",
    "winners.total": "Created trade is {created}; diverted trade is {diverted}.",
    "winners.ends": "The 10 largest gains and 10 largest losses of {n}; all stand in {file}.",
    # --- promises
    "promises.heading": "The promises",
    "promises.title": "{done} of {n} promises are done, {overdue} are overdue",
    "promises.title.plain": "{n} promises are recorded",
    "promises.subtitle": "Commitments of signed documents by side and status",
    "promises.side": "Side",
    "promises.all": "All promises",
    # --- assumptions
    "sensitivity.heading": "The assumptions that matter",
    "sensitivity.title": "{name} moves the answer most: by {usd}",
    "sensitivity.subtitle": "Trade in {year} with one assumption at its low or high value, US$",
    "sensitivity.centre": "The line marks the answer: {usd}.",
    "sensitivity.low": "at the low value",
    "sensitivity.high": "at the high value",
    "sensitivity.counts": "Numbers in use by status: {counts}.",
    # --- fit
    "fit.heading": "Fit to observations",
    "fit.title": "The typical error of {quantity} is {error}, against {naive} of a plain rule",
    "fit.title.worse": "The typical error of {quantity} is {error}; a plain rule has {naive}",
    "fit.subtitle": "Median absolute error, nothing tuned; the rival is distance times one rate",
    "fit.tonnes": "Implied tonnes beside customs and port figures",
    # --- method
    "method.heading": "Method and limits",
    "method.1": "The model prices every route by time, money and spread. "
    "A change of trade costs moves trade in general equilibrium. "
    "Trade becomes tonnes, tonnes load the network, full places make goods wait. "
    "The loop runs until costs and flows agree.",
    "method.2": "The path splits into growth, prices, measures in force, new measures and the gap. "
    "Nothing is tuned to the target.",
    "method.3": "The band comes from {draws} draws over every low–high range in use.",
    "method.4": "It does not cover war, sanctions changes or a wrong model.",
    "limits": "It does not cover war, sanctions changes or a wrong model.",
    "method.5": "Sanctions are not modelled as a lever. "
    "What they hold back today stays held back in every path. "
    "This is not legal advice.",
    "method.6": "Results are estimates. "
    "Compare measures with each other before using single numbers.",
    "method.rerouted": "Draws price the routes kept from the baseline. "
    "Five draws were solved again on routes searched anew for the pair's goods. "
    "The trade of the pair differs by {difference} at most.",
    "method.rerouted.plan": "The plan was solved again on routes searched anew for all goods. "
    "The trade of the pair differs by {difference}.",
    "method.residuals": "Residuals of the loop: {residuals}.",
    "method.left_out": "Flows too small to follow were left out: {t} a year.",
    "method.hash": "The same study, seed and version give the same numbers.",
    # --- routes
    "routes.heading": "Routes, leg by leg",
    "routes.subtitle": "Door to door; the legs add up to the totals",
    "routes.total": "Total",
    # --- sources
    "sources.heading": "Sources and licences",
    "sources.title": "{n} sources stand behind the numbers",
    "sources.odbl": "Rail and road tables derive from OpenStreetMap, © OpenStreetMap contributors, "
    "under the ODbL. Tables derived from them are shared alike.",
}


def text(key: str, /, **values: object) -> str:
    """Return the text of a key with its values filled in; an unknown key raises ``KeyError``."""
    return TEXTS[key].format(**values)


def has(key: str) -> bool:
    """Say whether the catalogue has a key."""
    return key in TEXTS


def counted(key: str, n: int, /, **values: object) -> str:
    """Return the singular text (``key.one``) for one, else the text of the key."""
    chosen = f"{key}.one" if n == 1 and has(f"{key}.one") else key
    return text(chosen, n=n, **values)


def column_title(name: str) -> str:
    """Return the heading of a column; an unknown one in plain words."""
    return COLUMNS.get(name) or name.replace("_", " ").strip().capitalize()


def word(value: object) -> str:
    """Return a closed word of the tables (a status, a mode, a part) as people say it."""
    key = str(value)
    return WORDS.get(key) or key.replace("_", " ")
