/** Solved scenarios, kept by what they change: quick ones in place, full ones from a job. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import { newLinks } from "./new-link";
import { specKey, type Spec } from "./scenario-spec";

export type Solved = Schemas["ScenarioResult"];

/** A scenario as the API takes it. */
export function apiSpec(spec: Spec): Schemas["ScenarioSpec"] {
  return { ...spec, loop: true };
}

const NEEDS_RUN = "new_link_needs_run";

class Solver {
  private results = $state.raw<ReadonlyMap<string, Solved>>(new Map());
  private full = $state.raw<ReadonlyMap<string, Solved>>(new Map());
  /** Keys that are being solved. */
  private busy = $state.raw<ReadonlySet<string>>(new Set());
  /** Keys whose new links were not drawn into a network yet: a run does that. */
  private unbuilt = $state.raw<ReadonlySet<string>>(new Set());
  problem = $state.raw<ApiProblem | null>(null);

  /** Say whether a scenario has a new link that needs a run before it can be solved. */
  needsRun(spec: Spec): boolean {
    const key = specKey(spec);
    return this.unbuilt.has(key) && !this.full.has(key);
  }

  /** Result of a scenario, the one with new ways where there is one. */
  of(spec: Spec): Solved | null {
    const key = specKey(spec);
    return this.full.get(key) ?? this.results.get(key) ?? null;
  }

  /** Say whether new ways were searched for this scenario, by a job. */
  isFull(spec: Spec): boolean {
    return this.full.has(specKey(spec));
  }

  solving(spec: Spec): boolean {
    return this.busy.has(specKey(spec));
  }

  /** Keep the result of a job. */
  keep(spec: Spec, result: Solved): void {
    this.full = new Map(this.full).set(specKey(spec), result);
    // A network that was drawn up serves other scenarios with the same links.
    this.unbuilt = new Set();
  }

  /** Solve a scenario on the ways that are known; a result that is there is not asked again. */
  async solve(spec: Spec): Promise<Solved | null> {
    const key = specKey(spec);
    const known = this.of(spec);
    if (known || this.busy.has(key) || this.unbuilt.has(key)) return known;
    this.busy = new Set(this.busy).add(key);
    try {
      if (newLinks(spec).length > 0 && (await this.asksRun(spec, key))) return null;
      const result = await need(api.POST("/api/v1/scenarios/solve", { body: apiSpec(spec) }));
      this.results = new Map(this.results).set(key, result);
      this.problem = null;
      return result;
    } catch (error) {
      const problem = toProblem(error);
      const unbuilt = problem.problems.some((one) => one.code === NEEDS_RUN);
      if (unbuilt) this.unbuilt = new Set(this.unbuilt).add(key);
      this.problem = unbuilt ? null : problem;
      return null;
    } finally {
      const left = new Set(this.busy);
      left.delete(key);
      this.busy = left;
    }
  }

  /** A network with new links may not be drawn up yet: then nothing is solved here. */
  private async asksRun(spec: Spec, key: string): Promise<boolean> {
    const { needs_run } = await need(api.POST("/api/v1/scenarios/check", { body: apiSpec(spec) }));
    if (needs_run) this.unbuilt = new Set(this.unbuilt).add(key);
    return needs_run;
  }

  /** Forget results, after a change of study. */
  clear(): void {
    this.results = new Map();
    this.full = new Map();
    this.unbuilt = new Set();
    this.problem = null;
  }
}

export const solver = new Solver();

