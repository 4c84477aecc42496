/** The layers that the server has, each loaded once and kept while the page is open. */
import { toProblem, type ApiProblem } from "@/api/client";
import { connection } from "@/api/connection.svelte";
import type { AnyCollection, Crossings, Flows, LayerName, Lines, PlacePoints } from "./types";

const PATH = "/api/v1/map/";

class MapData {
  base = $state.raw<AnyCollection | null>(null);
  network = $state.raw<Lines | null>(null);
  crossings = $state.raw<Crossings | null>(null);
  zones = $state.raw<PlacePoints | null>(null);
  ports = $state.raw<PlacePoints | null>(null);
  flows = $state.raw<Flows | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  private readonly asked = new Map<LayerName, Promise<void>>();

  /** Whether every layer is there. */
  get complete(): boolean {
    return [this.base, this.network, this.crossings, this.zones, this.ports, this.flows].every(Boolean);
  }

  /** Load what is not there yet; land and crossings first, the heavy network last. */
  async load(names: LayerName[] = ["base", "crossings", "flows", "ports", "zones", "network"]): Promise<void> {
    await Promise.all(names.map((name) => this.layer(name)));
  }

  /** Load flows again, after a new run. */
  async again(name: LayerName): Promise<void> {
    this.asked.delete(name);
    await this.layer(name);
  }

  private layer(name: LayerName): Promise<void> {
    const known = this.asked.get(name);
    if (known) return known;
    const reading = this.read(name).catch((error: unknown) => {
      this.asked.delete(name);
      this.problem = toProblem(error);
    });
    this.asked.set(name, reading);
    return reading;
  }

  private async read(name: LayerName): Promise<void> {
    const response = await fetch(PATH + name).catch((error: unknown) => {
      connection.lost();
      throw error;
    });
    if (!response.ok) throw toProblem(await response.json().catch(() => null), response);
    // The shape is the contract of this endpoint, which the server's tests hold.
    const body = (await response.json()) as never;
    this[name] = body;
    this.problem = null;
  }
}

export const mapData = new MapData();
