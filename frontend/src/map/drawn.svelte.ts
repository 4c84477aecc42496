/** What the map draws, kept in step with the data, the language and the scenario. */
import { fromStore } from "svelte/store";
import { fmt, language } from "@/i18n";
import type { MapController } from "./controller";
import { visibleItems, type Listed } from "./cycle";
import { IDLE_ZOOM, type SwitchKey } from "./legend";
import { linkEnds } from "./link-ends.svelte";
import { drawnLinksIn } from "./link-list";
import { mapData } from "./map-data.svelte";
import { comparedLinks, drawnLinks, newLinks, type NewLink } from "./new-link";
import { overlays } from "./overlay-store.svelte";
import { activeSpec, scenarios } from "./scenario-store";
import { ZONE_ZOOM } from "./style";
import { largestFlow } from "./width";
import type { AnyCollection, Bounds, LinkDifference, LinkLoad } from "./types";
import {
  drawnBase, drawnCrossings, drawnDifference, drawnFlows, drawnNetwork, drawnPlaces, EMPTY, flowLines, idleRoads,
  listedItems,
} from "./view-data";

/** What a page asks the map to draw: read part by part, so that each redraws what is its own. */
export interface Wanted {
  off: ReadonlySet<SwitchKey>;
  closed: readonly string[];
  routes: AnyCollection;
  reach: AnyCollection;
  difference: LinkDifference[] | null;
  loads: ReadonlyMap<string, LinkLoad> | null;
  /** The loads are of some goods only: the widest line stands for the largest of them. */
  chosen: boolean;
}

/** The links that the scenario adds, and those of the two that are compared. */
class ScenarioLinks {
  #spec = fromStore(activeSpec);
  #both = fromStore(scenarios);
  // By way of a text: only links that differ are drawn anew.
  #addedText = $derived(JSON.stringify(newLinks(this.#spec.current)));
  #comparedText = $derived(
    JSON.stringify(comparedLinks(this.#both.current.a.spec, this.#both.current.b?.spec ?? null)),
  );
  added = $derived(JSON.parse(this.#addedText) as NewLink[]);
  compared = $derived(JSON.parse(this.#comparedText) as NewLink[]);
}

/** The layers of a map; made while a component is set up, whose effects these are. */
export class Drawn {
  #wanted: Wanted;
  #links = new ScenarioLinks();
  /** The one-way flow that the widest line stands for, t a year. */
  largest = $derived.by(() => {
    const { chosen, loads } = this.#wanted;
    if (chosen && loads) return largestFlow([...loads.values()]);
    return largestFlow((mapData.flows?.features ?? []).map((f) => f.properties));
  });
  flows = $derived.by(() => drawnFlows(mapData.flows, this.#wanted.loads, mapData.network, this.largest));
  idle = $derived(idleRoads(mapData.network, mapData.flows));
  /** All that can be chosen in the layers that are on. */
  items = $derived.by(() => {
    const { off } = this.#wanted;
    return listedItems(
      off.has("crossings") ? null : mapData.crossings,
      off.has("ports") ? null : mapData.ports,
      off.has("zones") ? null : mapData.zones,
      language.current,
    );
  });

  constructor(controller: () => MapController | null, wanted: Wanted) {
    this.#wanted = wanted;
    this.#drawData(controller);
    this.#drawWanted(controller);
  }

  /** Things in view: zones only where they are drawn. */
  visible(bounds: Bounds, zoom: number): Listed[] {
    return visibleItems(this.items, bounds).filter((item) => item.kind !== "zone" || zoom >= ZONE_ZOOM);
  }

  /** Links in view. */
  linksIn(bounds: Bounds, zoom: number) {
    const { loads, off } = this.#wanted;
    const hidden = zoom < IDLE_ZOOM ? this.idle : new Set<string>();
    return drawnLinksIn(bounds, mapData.network, mapData.flows, loads, off, hidden);
  }

  #drawData(map: () => MapController | null): void {
    $effect(() => map()?.setData("base", drawnBase(mapData.base)));
    $effect(() => map()?.setData("network", drawnNetwork(mapData.network, this.idle, this.flows)));
    $effect(() => map()?.setData("flows", flowLines(this.flows)));
    $effect(() => map()?.setData("zones", drawnPlaces(mapData.zones, language.current)));
    $effect(() => map()?.setData("ports", drawnPlaces(mapData.ports, language.current)));
    $effect(() => map()?.setData("overlay", overlays.overlay?.collection ?? EMPTY));
  }

  #drawWanted(map: () => MapController | null): void {
    const [wanted, links] = [this.#wanted, this.#links];
    $effect(() => map()?.setData("routes", wanted.routes));
    $effect(() => map()?.setData("reach", wanted.reach));
    $effect(() => linkEnds.load([...links.added, ...links.compared]));
    $effect(() => map()?.setData("links", drawnLinks(links.added, linkEnds.known)));
    $effect(() => {
      const hours = (value: number) => fmt().number(value);
      const drawn = drawnCrossings(mapData.crossings, language.current, wanted.closed, hours);
      map()?.setData("crossings", drawn);
    });
    $effect(() => {
      const { difference } = wanted;
      const lines = drawnLinks(links.compared, linkEnds.known);
      const drawn = difference ? drawnDifference(difference, mapData.network, mapData.flows, lines) : EMPTY;
      map()?.setData("difference", drawn);
    });
    $effect(() => map()?.setOff(wanted.off, wanted.difference !== null));
  }
}
