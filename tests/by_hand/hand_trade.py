"""Trade of the teaching study: matrix, growth, prices and the equilibrium, in plain Python."""

from __future__ import annotations

from hand_figures import COUNTRIES, EXPORTS, GDP_2030, MILLION, OUTPUT, SECTORS, THETA

Flows = dict[tuple[str, str, str], float]  # (sector, exporter, importer) -> US$


def matrix() -> Flows:
    """Observed flows; at home output less exports. Services stay at home."""
    flows: Flows = {}
    for (i, j), values in EXPORTS.items():
        for s, value in zip(SECTORS, (*values, 0), strict=True):
            flows[s, i, j] = value * MILLION
    for i, values in OUTPUT.items():
        for s, value in zip(SECTORS, values, strict=True):
            abroad = sum(flows[s, i, j] for j in COUNTRIES if j != i)
            flows[s, i, i] = value * MILLION - abroad
    return flows


def output(flows: Flows, i: str) -> float:
    return sum(flows[s, i, j] for s in SECTORS for j in COUNTRIES)


def expenditure(flows: Flows, j: str) -> float:
    return sum(flows[s, i, j] for s in SECTORS for i in COUNTRIES)


def pair(flows: Flows, a: str = "AAA", b: str = "CCC") -> float:
    """Trade of two countries, both directions and all sectors."""
    return sum(flows[s, a, b] + flows[s, b, a] for s in SECTORS)


def _new_flows(flows: Flows, tau_hat: Flows, wage: dict[str, float]) -> Flows:
    """Flows at given wages: shares times what each importer spends on the sector."""
    made = {i: output(flows, i) for i in COUNTRIES}
    world = sum(made.values())
    new_world = sum(wage[i] * made[i] for i in COUNTRIES)
    new: Flows = {}
    for j in COUNTRIES:
        spent = expenditure(flows, j)
        deficit_share = (spent - made[j]) / world
        spends = wage[j] * made[j] + deficit_share * new_world
        for s, theta in zip(SECTORS, THETA, strict=True):
            bought = sum(flows[s, i, j] for i in COUNTRIES)
            weight = {
                i: flows[s, i, j] / bought * (wage[i] * tau_hat.get((s, i, j), 1.0)) ** -theta
                for i in COUNTRIES
            }
            total = sum(weight.values())
            for i in COUNTRIES:
                new[s, i, j] = weight[i] / total * (bought / spent) * spends
    return new


def equilibrium(
    flows: Flows,
    tau_hat: Flows,
    tolerance: float = 1e-13,
    first_guess: dict[str, float] | None = None,
) -> tuple[Flows, dict[str, float], int]:
    """Flows and wages after a change of trade costs, by a damped fixed point on wages.

    Wages rise where demand exceeds supply; the value of world output stays (the numeraire).
    """
    wage = first_guess or dict.fromkeys(COUNTRIES, 1.0)
    made = {i: output(flows, i) for i in COUNTRIES}
    for step in range(10_000):
        new = _new_flows(flows, tau_hat, wage)
        demand = {i: output(new, i) / (wage[i] * made[i]) for i in COUNTRIES}
        if max(abs(d - 1) for d in demand.values()) < tolerance:
            return new, wage, step
        wage = {i: wage[i] * demand[i] ** 0.4 for i in COUNTRIES}
        scale = sum(made.values()) / sum(wage[i] * made[i] for i in COUNTRIES)
        wage = {i: w * scale for i, w in wage.items()}
    raise ArithmeticError("the fixed point did not settle")


def grow(flows: Flows, gdp: dict[str, float] = GDP_2030) -> Flows:
    """Flows grown with both ends and balanced to output and expenditure grown with GDP.

    Trade starts at X g_i g_j / G, G the growth of the world; sales at home at X g_i.
    """
    made = {i: output(flows, i) for i in COUNTRIES}
    world = sum(made[i] * gdp[i] for i in COUNTRIES) / sum(made.values())
    grown = {
        (s, i, j): x * (gdp[i] if i == j else gdp[i] * gdp[j] / world)
        for (s, i, j), x in flows.items()
    }
    rows = {i: output(flows, i) * gdp[i] for i in COUNTRIES}
    columns = {j: expenditure(flows, j) * gdp[j] for j in COUNTRIES}
    scale = sum(rows.values()) / sum(columns.values())
    columns = {j: x * scale for j, x in columns.items()}
    for _ in range(1000):
        left = {i: rows[i] / output(grown, i) for i in COUNTRIES}
        grown = {(s, i, j): x * left[i] for (s, i, j), x in grown.items()}
        right = {j: columns[j] / expenditure(grown, j) for j in COUNTRIES}
        grown = {(s, i, j): x * right[j] for (s, i, j), x in grown.items()}
        if max(abs(x - 1) for x in (*left.values(), *right.values())) < 1e-14:
            break
    return grown
