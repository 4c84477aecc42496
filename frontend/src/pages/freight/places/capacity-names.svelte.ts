/** Names of capacities in the language of the page, where an answer tells their ids. */
import { api, need, type Schemas } from "@/api/client";
import { keptAnswer } from "@/api/kept";
import { study } from "@/app/study.svelte";
import { placeName } from "./ask";

class CapacityNames {
  private known = $state.raw<Schemas["CapacityNames"] | null>(null);

  /** Ask for the names of the study; a page without them shows those of the answer. */
  load(): void {
    const ask = () => need(api.GET("/api/v1/freight/capacities"));
    void keptAnswer("capacities", study.version, ask).then(
      (found) => (this.known = found),
      () => undefined,
    );
  }

  /** Name of a capacity, else what the answer calls it. */
  of(capacity_id: string, name: string): string {
    const row = this.known?.capacities.find((one) => one.capacity_id === capacity_id);
    return row && this.known ? placeName(this.known, row) : name;
  }
}

export const capacityNames = new CapacityNames();
