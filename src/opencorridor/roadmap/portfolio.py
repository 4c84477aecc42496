"""Which measures, under a budget, with prerequisites and alternatives.

The effect of a set of measures is whatever the model gives for the set (``value``): effects
neither add up nor need to have diminishing returns, so substitutes and complements are found
only by evaluating sets. :func:`search` grows and exchanges sets; :func:`enumerate_best` tries
every feasible one and is the oracle of its tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

__all__ = ["Choice", "Option", "Problem", "Value", "enumerate_best", "search"]

Value = Callable[[frozenset[str]], float]

# Above so many measures moves are tried one after the other, not all in every round.
MANY = 12


@dataclass(frozen=True)
class Option:
    """One measure that may be chosen: cost in US$ and what it needs or rules out."""

    measure_id: str
    cost_usd: float
    needs: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """Options, budget (infinite: none) and the least gain in value that is worth a measure."""

    options: Mapping[str, Option]
    budget_usd: float = float("inf")
    least_gain: float = 0.0

    def cost(self, chosen: Iterable[str]) -> float:
        """Cost of a set in US$."""
        return sum(self.options[m].cost_usd for m in chosen)

    def closure(self, measure: str) -> frozenset[str]:
        """Return a measure with everything that it needs."""
        found: set[str] = set()
        stack = [measure]
        while stack:
            m = stack.pop()
            if m not in found:
                found.add(m)
                stack.extend(n for n in self.options[m].needs if n in self.options)
        return frozenset(found)

    def feasible(self, chosen: frozenset[str]) -> bool:
        """Whether a set is inside the budget and keeps all rules."""
        for m in chosen:
            option = self.options[m]
            if not option.needs <= chosen or option.excludes & chosen:
                return False
        return self.cost(chosen) <= self.budget_usd * (1.0 + 1e-12)


@dataclass
class _Evaluator:
    """Remembers values; better is more value, then less cost, then fewer and earlier ids."""

    problem: Problem
    value: Value
    seen: dict[frozenset[str], float] = field(default_factory=dict)

    def of(self, chosen: frozenset[str]) -> float:
        if chosen not in self.seen:
            self.seen[chosen] = self.value(chosen)
        return self.seen[chosen]

    def key(self, chosen: frozenset[str]) -> tuple[float, float, int, tuple[str, ...]]:
        gain = self.of(chosen)
        return (-gain, self.problem.cost(chosen), len(chosen), tuple(sorted(chosen)))

    def better(self, a: frozenset[str], b: frozenset[str]) -> bool:
        """Whether a beats b by more than the least gain of each measure that it adds."""
        margin = self.problem.least_gain * max(len(a) - len(b), 0)
        if self.of(a) > self.of(b) + margin:
            return True
        equal = abs(self.of(a) - self.of(b)) <= margin
        return equal and self.problem.cost(a) < self.problem.cost(b)


@dataclass(frozen=True)
class Choice:
    """Best set found, its value and cost, and how many sets were evaluated."""

    chosen: frozenset[str]
    value: float
    cost_usd: float
    evaluations: int


def _choice(e: _Evaluator, chosen: frozenset[str]) -> Choice:
    return Choice(chosen, e.of(chosen), e.problem.cost(chosen), len(e.seen))


def enumerate_best(problem: Problem, value: Value) -> Choice:
    """Best feasible set by trying all of them (2^n: for a dozen measures)."""
    e = _Evaluator(problem, value)
    names = sorted(problem.options)
    best: frozenset[str] = frozenset()
    for size in range(len(names) + 1):
        for combo in combinations(names, size):
            chosen = frozenset(combo)
            if problem.feasible(chosen) and e.key(chosen) < e.key(best):
                best = chosen
    return _choice(e, best)


def _moves(problem: Problem, chosen: frozenset[str]) -> Iterable[frozenset[str]]:
    """Yield sets one move away: add a measure with what it needs, drop one, or exchange."""
    outside = sorted(set(problem.options) - chosen)
    for m in outside:
        added = problem.closure(m)
        clash = frozenset(x for x in chosen if problem.options[x].excludes & added)
        clash |= frozenset(x for a in added for x in problem.options[a].excludes if x in chosen)
        base = chosen - clash
        base = frozenset(x for x in base if problem.closure(x) <= base | added)
        grown = base | added
        if problem.feasible(grown):
            yield grown
        else:
            for out in sorted(base - added):
                rest = frozenset(x for x in base - {out} if out not in problem.closure(x))
                if problem.feasible(rest | added):
                    yield rest | added
    for m in sorted(chosen):
        rest = frozenset(x for x in chosen if m not in problem.closure(x))
        if problem.feasible(rest):
            yield rest


def _pair_moves(
    problem: Problem, chosen: frozenset[str], pairs: Iterable[frozenset[str]]
) -> Iterable[frozenset[str]]:
    """Yield sets that add two measures at once: complements do nothing one by one."""
    for pair in pairs:
        grown = chosen | frozenset().union(*(problem.closure(m) for m in pair))
        if not grown <= chosen and problem.feasible(grown):
            yield grown


def _packed(problem: Problem, e: _Evaluator, alone: list[frozenset[str]]) -> frozenset[str]:
    """Measures that help alone, best first, as far as rules and budget let them in."""
    nothing = frozenset[str]()
    packed = nothing
    for c in alone:
        if problem.feasible(packed | c) and e.better(c, nothing):
            packed |= c
    return packed


def _made_room(
    problem: Problem, e: _Evaluator, current: frozenset[str], wanted: frozenset[str]
) -> frozenset[str] | None:
    """Set with the wanted measures, those with the least gain per dollar dropped until it fits."""
    nothing = e.of(frozenset())

    def density(m: str) -> tuple[float, str]:
        gain = e.of(problem.closure(m)) - nothing
        return gain / max(problem.cost(problem.closure(m)), 1.0), m

    rest = current
    for m in sorted(current - wanted, key=density):
        if problem.feasible(rest | wanted):
            break
        rest = frozenset(x for x in rest if m not in problem.closure(x))
    return rest | wanted if problem.feasible(rest | wanted) else None


def _refine(
    problem: Problem,
    e: _Evaluator,
    start: frozenset[str],
    alone: list[frozenset[str]],
    pairs: list[frozenset[str]],
) -> frozenset[str]:
    """One pass of alternatives, pairs, drops and exchanges, each taken where it improves."""
    current = start
    helpful = [c for c in alone if e.better(c, frozenset())]
    for c in helpful:
        clash = frozenset(x for a in c for x in problem.options[a].excludes if x in current)
        if not c <= current and clash:
            kept = frozenset(x for x in current - clash if not problem.closure(x) & clash)
            if problem.feasible(kept | c) and e.better(kept | c, current):
                current = kept | c
    for trial in _pair_moves(problem, current, pairs):
        if e.better(trial, current):
            current = trial
    for m in sorted(current, key=lambda m: (e.of(problem.closure(m)), m)):
        rest = frozenset(x for x in current if m not in problem.closure(x))
        if m in current and problem.feasible(rest) and e.better(rest, current):
            current = rest
    if problem.cost(problem.options) > problem.budget_usd:
        for c in [c for c in helpful if not c <= current]:
            roomy = _made_room(problem, e, current, c)
            if roomy is not None and e.better(roomy, current):
                current = roomy
    return current


def _search_many(
    problem: Problem, e: _Evaluator, pairs: list[frozenset[str]], max_rounds: int
) -> frozenset[str]:
    """Search for problems in which trying every move of every round would take too long."""
    single = [problem.closure(m) for m in problem.options]
    joint = [frozenset().union(*(problem.closure(m) for m in pair)) for pair in pairs]
    alone = [c for c in dict.fromkeys([*single, *joint]) if problem.feasible(c)]
    nothing = e.of(frozenset())
    by_gain = sorted(alone, key=e.key)
    dense = sorted(
        alone,
        key=lambda c: (-(e.of(c) - nothing) / max(problem.cost(c), 1.0), sorted(c)),
    )
    best = frozenset[str]()
    for order in (by_gain, dense):
        current = _packed(problem, e, order)
        if current == best:
            continue
        for _ in range(max_rounds):
            better = _refine(problem, e, current, by_gain, pairs)
            if better == current:
                break
            current = better
        if e.better(current, best):
            best = current
        if problem.cost(problem.options) <= problem.budget_usd:
            break
    return best


def search(
    problem: Problem,
    value: Value,
    *,
    pairs: Iterable[frozenset[str]] = (),
    max_rounds: int = 60,
) -> Choice:
    """Best feasible set by steepest moves (add, drop, exchange, add a pair).

    Above a dozen measures the moves are taken in turn from two packings, by gain and by gain per
    dollar.

    Parameters
    ----------
    problem, value
        Rules and the value of a set, larger is better.
    pairs
        Pairs of measures that are tried together, such as those that touch the same place.

    Returns
    -------
    Choice. A set from which no move improves; equal to the enumeration on small problems
    (tests), not proven best on large ones.
    """
    e = _Evaluator(problem, value)
    together = [p for p in pairs if len(p) == 2]
    if len(problem.options) > MANY:
        return _choice(e, _search_many(problem, e, together, max_rounds=3))
    alone = sorted(
        (c for m in problem.options if problem.feasible(c := problem.closure(m))), key=e.key
    )
    packed = _packed(problem, e, alone)
    starts = [frozenset[str](), packed]
    if problem.cost(problem.options) > problem.budget_usd:
        # A budget makes the order of additions matter: start from every affordable measure too.
        starts += alone
    best = frozenset[str]()
    for start in starts:
        current = start
        for _ in range(max_rounds):
            candidates = [*_moves(problem, current), *_pair_moves(problem, current, together)]
            improving = [c for c in candidates if e.better(c, current)]
            if not improving:
                break
            current = min(improving, key=e.key)
        if e.better(current, best):
            best = current
    return _choice(e, best)
