/** The question of the address, its routes, and which of them are chosen. */
import { fromStore } from "svelte/store";
import { router } from "@/app/router.svelte";
import { fmt, language, t } from "@/i18n";
import { nameIn } from "@/map/names";
import { activeSpec } from "@/map/scenario-store";
import { drawnRoutes } from "@/map/view-data";
import { Finder } from "./finder.svelte";
import { readForm, sortRoutes, SORTS, toAsk, writeForm, type Form } from "./form";
import type { Point } from "./front";

export class RouteChoice {
  readonly finder = new Finder();
  #spec = fromStore(activeSpec);
  form = $derived(readForm(router.params));
  sort = $derived(SORTS.find((one) => one === router.params.sort) ?? "time");
  ask = $derived(toAsk(this.form, this.#spec.current));
  answer = $derived(this.finder.answer);
  routes = $derived(this.answer ? sortRoutes(this.answer.routes, this.sort) : []);
  /** Names by id: their places in the list. */
  names = $derived(
    Object.fromEntries(this.routes.map((r, i) => [r.route_id, t("routes.name", { n: fmt().number(i + 1) })])),
  );
  #pointed = $derived(this.answer?.front?.points.find((p) => p.point_id === this.form.point)?.route_id);
  /** Id of the chosen route; of the first in the list where the address names none that is there. */
  chosen = $derived(this.#listed(router.params.r ?? this.#pointed) || (this.routes[0]?.route_id ?? ""));
  /** Id of the route beside it; empty without one. */
  second = $derived.by(() => {
    const id = this.#listed(router.params.r2);
    return id === this.chosen ? "" : id;
  });
  drawn = $derived(drawnRoutes(this.routes, this.chosen, this.second));
  compared = $derived(
    [this.chosen, this.second].flatMap((id) => {
      const route = this.routes.find((r) => r.route_id === id);
      return route ? [{ name: this.names[id]!, route }] : [];
    }),
  );
  /** Names of both ends, once the answer is to what the fields hold. */
  ends = $derived.by(() => {
    const { answer } = this;
    if (!answer || !this.finder.hasEndsOf(this.ask)) return { from: "", to: "" };
    const name = (end: typeof answer.origin) => nameIn(end.names, language.current, "").text;
    return { from: name(answer.origin), to: name(answer.destination) };
  });

  #listed(id: string | null | undefined): string {
    return this.routes.some((r) => r.route_id === id) ? id! : "";
  }

  change(to: Partial<Form>): void {
    router.set(writeForm({ ...this.form, ...to }));
  }

  choose(r: string): void {
    router.set({ r, r2: r === this.second ? null : this.second });
  }

  /** Choose the route of a point; one that is not listed is asked for. */
  choosePoint(to: Point): void {
    if (to.route_id) this.choose(to.route_id);
    else router.set({ pt: to.point_id, r: null });
  }
}
