/** The reach map of the page: question, answer and what the map draws of it. */
import { language, t } from "@/i18n";
import { nameIn } from "@/map/names";
import { drawnReach, reachLimits } from "@/map/reach-layer";
import { EMPTY } from "@/map/view-data";
import { reachLegend } from "./legend";
import { COLUMN, shown, type Quantity, type Zone } from "./reach";
import { ReachMap } from "./reach.svelte";

export class ShownReach extends ReachMap {
  quantity = $state<Quantity>("time");

  readonly place = $derived.by(() => {
    const origin = this.answer?.origin;
    return origin ? nameIn(origin.names, language.current, origin.id).text : "";
  });
  readonly title = $derived(t("reach.title", { place: this.place }));
  readonly limits = $derived(
    reachLimits((this.answer?.zones ?? []).flatMap((zone) => zone[COLUMN[this.quantity]] ?? [])),
  );
  readonly entries = $derived(
    this.answer ? reachLegend(this.answer.zones, this.limits, this.quantity, this.asked) : [],
  );
  readonly drawn = $derived.by(() => {
    if (!this.answer) return EMPTY;
    const value = (zone: object) => (zone as Zone)[COLUMN[this.quantity]];
    return drawnReach(this.answer.zones, value, this.limits, language.current, (number) => shown(number, this.quantity));
  });
}
