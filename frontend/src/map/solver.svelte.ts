/** Solved scenarios, kept by what they change: quick ones in place, full ones from a job. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import { specKey, type Spec } from "./scenario-spec";

export type Solved = Schemas["ScenarioResult"];

/** A scenario as the API takes it. */
export function apiSpec(spec: Spec): Schemas["ScenarioSpec"] {
  return { ...spec, loop: true };
}

class Solver {
  private results = $state.raw<ReadonlyMap<string, Solved>>(new Map());
  private full = $state.raw<ReadonlyMap<string, Solved>>(new Map());
  /** Keys that are being solved. */
  private busy = $state.raw<ReadonlySet<string>>(new Set());
  problem = $state.raw<ApiProblem | null>(null);

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
  }

  /** Solve a scenario on the ways that are known; a result that is there is not asked again. */
  async solve(spec: Spec): Promise<Solved | null> {
    const key = specKey(spec);
    const known = this.of(spec);
    if (known || this.busy.has(key)) return known;
    this.busy = new Set(this.busy).add(key);
    try {
      const result = await need(api.POST("/api/v1/scenarios/solve", { body: apiSpec(spec) }));
      this.results = new Map(this.results).set(key, result);
      this.problem = null;
      return result;
    } catch (error) {
      this.problem = toProblem(error);
      return null;
    } finally {
      const left = new Set(this.busy);
      left.delete(key);
      this.busy = left;
    }
  }

  /** Forget results, after a change of study. */
  clear(): void {
    this.results = new Map();
    this.full = new Map();
    this.problem = null;
  }
}

export const solver = new Solver();

