/** Selection and view of the map as they stand in the address. */
import type { Selection } from "./types";

const SHORT: Record<Selection["kind"], string> = {
  border_crossing: "x",
  terminal: "t",
  zone: "z",
  link: "l",
};

/** Write a selection as `x:ID`. */
export function writeSelection(selection: Selection | null): string {
  return selection ? `${SHORT[selection.kind]}:${selection.id}` : "";
}

/** Read a selection; null for text that is none. */
export function readSelection(text: string | null | undefined): Selection | null {
  const match = /^([xtzl]):(.+)$/.exec(text ?? "");
  if (!match) return null;
  const kinds = Object.keys(SHORT) as Selection["kind"][];
  const kind = kinds.find((k) => SHORT[k] === match[1]);
  return kind ? { kind, id: match[2]! } : null;
}

/** Say whether two selections are the same thing. */
export function same(one: Selection | null, two: Selection | null): boolean {
  return one?.kind === two?.kind && one?.id === two?.id;
}

export interface Camera {
  lon: number;
  lat: number;
  zoom: number;
}

/** Write a view of the map as `zoom/lat/lon`. */
export function writeCamera({ lon, lat, zoom }: Camera): string {
  return `${zoom.toFixed(2)}/${lat.toFixed(3)}/${lon.toFixed(3)}`;
}

/** Read a view; null where a part is missing or out of range. */
export function readCamera(text: string | null | undefined): Camera | null {
  const parts = (text ?? "").split("/").map(Number);
  const [zoom, lat, lon] = parts;
  if (parts.length !== 3 || parts.some((p) => !Number.isFinite(p))) return null;
  if (zoom! < 0 || zoom! > 22 || Math.abs(lat!) > 90 || Math.abs(lon!) > 180) return null;
  return { zoom: zoom!, lat: lat!, lon: lon! };
}

/** Pixels of a map that the panel beside the page covers on a wide screen; some of it stays free. */
export function coveredWidth(map: HTMLElement): number {
  const panel = document.querySelector("aside.panel")?.getBoundingClientRect().width ?? 380;
  return Math.max(0, Math.min(panel, map.clientWidth - 160));
}
