/** Which goods the flows of the map are: of the last run, of the scenario in hand, or chosen ones. */
import { fromStore } from "svelte/store";
import { router } from "@/app/router.svelte";
import { mapData } from "@/map/map-data.svelte";
import { isBaseline } from "@/map/scenario-spec";
import { activeSpec } from "@/map/scenario-store";
import { solver } from "@/map/solver.svelte";
import { mapAnswers, narrowed, onMap, readAsk } from "../freight/flows/ask";
import { loads } from "../scenario/compare";

/** Made while a component is set up, whose effect asks. */
export class ShownFlows {
  readonly answers = mapAnswers();
  #spec = fromStore(activeSpec);
  /** The question of the address; a place in it belongs to other pages. */
  readonly ask = $derived.by(() => readAsk({ ...router.params, place: "", doors: "", form: "" }, this.#spec.current));
  /** Some goods only. */
  readonly chosen = $derived(narrowed(this.ask));
  /** Loads in place of the last run's. */
  readonly loads = $derived.by(() => {
    if (!this.chosen) return loads(solver.of(this.#spec.current));
    const run = (mapData.flows?.features ?? []).map((one) => one.properties.link_id);
    return this.answers.answer ? onMap(this.answers.answer, run) : null;
  });
  /** Whose flows are drawn now. */
  readonly of = $derived.by(() => {
    const spec = this.#spec.current;
    if (isBaseline(spec)) return this.chosen ? "baseline" : "run";
    return this.chosen || solver.of(spec) ? "scenario" : "run";
  });

  constructor() {
    $effect(() => this.answers.ask(this.chosen ? $state.snapshot(this.ask) : null));
  }
}
