/** Conflicts and missing prerequisites of the scenario in hand, as the server finds them. */
import { api, need, toProblem, type Schemas } from "@/api/client";
import { isBaseline, specKey, type Spec } from "@/map/scenario-spec";
import { apiSpec } from "@/map/solver.svelte";

const WAIT_MS = 120;

export class Checker {
  problems = $state.raw<Schemas["ProblemItem"][]>([]);
  /** Key of the scenario that the problems are of. */
  checked = $state("");
  private wanted = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Check a scenario after a pause; an answer to an earlier one is dropped. */
  check(spec: Spec): void {
    const key = specKey(spec);
    if (key === this.wanted) return;
    this.wanted = key;
    clearTimeout(this.timer);
    if (isBaseline(spec)) {
      this.problems = [];
      this.checked = key;
      return;
    }
    this.timer = setTimeout(() => void this.ask(spec, key), WAIT_MS);
  }

  private async ask(spec: Spec, key: string): Promise<void> {
    try {
      const call = api.POST("/api/v1/scenarios/check", { body: apiSpec(spec) });
      const { problems } = await need(call);
      this.take(key, problems);
    } catch (error) {
      this.take(key, toProblem(error).problems);
    }
  }

  private take(key: string, problems: Schemas["ProblemItem"][]): void {
    if (this.wanted !== key) return;
    this.problems = problems;
    this.checked = key;
  }

  /** Say whether a scenario was checked and nothing stands against it. */
  passes(spec: Spec): boolean {
    return this.checked === specKey(spec) && this.problems.length === 0;
  }
}
