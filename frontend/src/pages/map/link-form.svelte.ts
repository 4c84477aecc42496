/** A new link while it is being described: its ends on the network, length and what is wrong. */
import { problemsText } from "@/i18n/problems";
import { api, need, toProblem, type Schemas } from "@/api/client";
import { mapData } from "@/map/map-data.svelte";
import { greatCircleKm, newLinkEdit, type NewLinkForm } from "@/map/new-link";
import { BASELINE, type Edit, type Spec } from "@/map/scenario-spec";

export type Node = Schemas["NodeItem"];
export type End = "from" | "to";

export const LINK_MODES = ["rail", "road", "sea", "inland_water"] as const;
export type LinkMode = (typeof LINK_MODES)[number];

const SAME_KM = 0.5;

export class LinkDraft {
  mode = $state<LinkMode>("rail");
  /** Length that was typed; null takes the assumed one. */
  typed = $state<number | null>(null);
  speed = $state<number | null>(null);
  /** Tonnes a year in both directions; null lets any amount through. */
  capacity = $state<number | null>(null);
  crossing = $state("");
  nodes = $state.raw<Record<End, Node | null>>({ from: null, to: null });
  /** Nodes that stand at the same place, by end: both sides of a border, or two gauges. */
  choices = $state.raw<Record<End, Node[]>>({ from: [], to: [] });
  failed = $state.raw<Record<End, string>>({ from: "", to: "" });
  problems = $state.raw<Schemas["ProblemItem"][]>([]);
  factor = $state<number | null>(null);
  private readonly asked: Record<End, string> = { from: "", to: "" };

  /** Great circle between the ends times the assumed factor, in km. */
  readonly assumed = $derived.by(() => {
    const { from, to } = this.nodes;
    if (!from || !to || this.factor === null) return null;
    const km = greatCircleKm(from, to) * this.factor;
    return km > 0 ? Math.max(Math.round(km), 1) : null;
  });
  readonly length = $derived(this.typed ?? this.assumed);
  /** Crossings that the link may use: by its mode, between the countries of its ends. */
  readonly crossings = $derived.by(() => {
    const { from, to } = this.nodes;
    const [a, b] = [from?.country_id, to?.country_id];
    if (!a || !b || a === b || this.mode === "sea" || this.mode === "inland_water") return [];
    return (mapData.crossings?.features ?? []).filter(({ properties: p }) => {
      const countries = [p.country_a, p.country_b];
      return p.modes.includes(this.mode) && countries.includes(a) && countries.includes(b);
    });
  });

  /** Find the node of the mode nearest to a place, given as the finder takes places. */
  async find(end: End, place: string): Promise<void> {
    const key = `${this.mode}|${place}`;
    if (this.asked[end] === key) return;
    this.asked[end] = key;
    this.nodes = { ...this.nodes, [end]: null };
    this.failed = { ...this.failed, [end]: "" };
    this.problems = [];
    if (!place) return;
    try {
      const found = await this.nearest(place);
      if (this.asked[end] !== key) return;
      const least = found[0]?.distance_km ?? 0;
      this.choices = { ...this.choices, [end]: found.filter((n) => n.distance_km <= least + SAME_KM) };
      this.pick(end, found[0]);
    } catch (error) {
      const { detail, problems } = toProblem(error);
      const text = problemsText(problems) || detail.detail || detail.title;
      if (this.asked[end] === key) this.failed = { ...this.failed, [end]: text };
    }
  }

  /** Take one of the nodes at a place. */
  pick(end: End, node: Node | undefined): void {
    this.nodes = { ...this.nodes, [end]: node ?? null };
    this.problems = [];
  }

  private async nearest(place: string): Promise<Node[]> {
    const q = place.replace(/^[a-z_]+:(?=.)/, "");
    const found = await need(api.GET("/api/v1/places", { params: { query: { q, limit: 5 } } }));
    const at = found.places.find((one) => one.lon !== null && one.lat !== null);
    if (!at || at.lon === null || at.lat === null) return [];
    const query = { mode: this.mode, lon: at.lon, lat: at.lat, limit: 6 };
    const { nodes, detour_factor } = await need(api.GET("/api/v1/nodes", { params: { query } }));
    this.factor = detour_factor;
    return nodes;
  }

  private form(): NewLinkForm {
    return {
      from: this.nodes.from?.node_id ?? "",
      to: this.nodes.to?.node_id ?? "",
      mode: this.mode,
      length_km: this.length ?? 0,
      speed_km_per_h: this.speed,
      capacity_t_per_year: this.capacity,
      border_crossing_id: this.crossings.length > 0 ? this.crossing : "",
    };
  }

  /** The edit that adds the link to a scenario; null where the study refuses it, and why. */
  async edit(spec: Spec): Promise<Edit | null> {
    const edit = newLinkEdit(spec, this.form());
    try {
      const body = { ...BASELINE, edits: [edit], loop: true };
      this.problems = (await need(api.POST("/api/v1/scenarios/check", { body }))).problems;
    } catch (error) {
      const found = toProblem(error);
      this.problems = found.problems;
      if (this.problems.length === 0) throw found;
    }
    return this.problems.length === 0 ? edit : null;
  }

  /** What is wrong with a cell of the link, in words. */
  wrong(...columns: string[]): string {
    const mine = this.problems.filter((p) => columns.includes(p.column));
    return problemsText(mine);
  }
}
