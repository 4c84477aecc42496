/** Scenarios that are stored under a name. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import type { Spec } from "./scenario-spec";
import { apiSpec } from "./solver.svelte";

export type SavedScenario = Schemas["SavedScenario"];

/** A stored scenario as the workbench holds it. */
export function specOf(saved: SavedScenario): Spec {
  const { measures = [], edits = [], closed = [], year } = saved.spec;
  return {
    measures: measures.map(({ measure_id, year: from, effect }) => ({
      measure_id, year: from ?? null, effect: effect ?? "mode",
    })),
    edits,
    closed,
    year: year ?? null,
  };
}

class Saved {
  list = $state.raw<SavedScenario[]>([]);
  problem = $state.raw<ApiProblem | null>(null);
  private loaded = false;

  /** Load the list once. */
  async load(): Promise<void> {
    if (this.loaded) return;
    this.loaded = true;
    await this.read();
  }

  private async read(): Promise<void> {
    try {
      this.list = (await need(api.GET("/api/v1/scenarios"))).scenarios;
      this.problem = null;
    } catch (error) {
      this.loaded = false;
      this.problem = toProblem(error);
    }
  }

  /** Store a scenario under a name; answers it, or null with the problem set. */
  async save(name: string, spec: Spec): Promise<SavedScenario | null> {
    try {
      const body = { name, spec: apiSpec(spec) };
      const saved = await need(api.POST("/api/v1/scenarios", { body }));
      await this.read();
      return saved;
    } catch (error) {
      this.problem = toProblem(error);
      return null;
    }
  }

  /** Delete a stored scenario; answers whether it is gone. */
  async remove(scenario_id: string): Promise<boolean> {
    try {
      const path = { scenario_id };
      await need(api.DELETE("/api/v1/scenarios/{scenario_id}", { params: { path } }));
      await this.read();
      return true;
    } catch (error) {
      this.problem = toProblem(error);
      return false;
    }
  }
}

export const saved = new Saved();
