/**
 * The two scenarios that the workbench compares, with undo. The top bar, the map page and the
 * scenario page read and change this one store; the address holds {@link writeScenarios}.
 */
import { derived, get, writable, type Readable } from "svelte/store";
import {
  BASELINE,
  changeMeasure,
  dropEdit,
  isBaseline,
  putEdit,
  readSpec,
  setClosed,
  specKey,
  toggleMeasure,
  writeSpec,
  type Edit,
  type MeasureChoice,
  type Spec,
} from "./scenario-spec";

export type Slot = "a" | "b";

export interface Draft {
  /** Name under which it was saved; empty for one that was not. */
  name: string;
  spec: Spec;
}

export interface Scenarios {
  a: Draft;
  /** The scenario that A is compared with; null compares A with the baseline. */
  b: Draft | null;
  /** The scenario that clicks change. */
  active: Slot;
}

interface Step {
  before: Scenarios;
  /** Key of the catalogue that names the change. */
  what: string;
}

export interface History {
  now: Scenarios;
  past: Step[];
}

const MOST_STEPS = 100;
const EMPTY: Draft = { name: "", spec: BASELINE };
const START: Scenarios = { a: EMPTY, b: null, active: "a" };

const history = writable<History>({ now: START, past: [] });

/** Both scenarios and which of them is being changed. */
export const scenarios: Readable<Scenarios> = derived(history, ($h) => $h.now);

/** The scenario that clicks change. */
export const activeSpec: Readable<Spec> = derived(history, ($h) => draftOf($h.now).spec);

/** What the last change was, as a key of the catalogue; empty where there is nothing to undo. */
export const lastChange: Readable<string> = derived(history, ($h) => $h.past.at(-1)?.what ?? "");

/** Number of changes that can be undone. */
export const undoCount: Readable<number> = derived(history, ($h) => $h.past.length);

function draftOf(now: Scenarios): Draft {
  return (now.active === "b" ? now.b : now.a) ?? now.a;
}

function sameScenarios(one: Scenarios, two: Scenarios): boolean {
  return JSON.stringify(writeScenarios(one)) === JSON.stringify(writeScenarios(two));
}

function change(what: string, to: (now: Scenarios) => Scenarios, join = false): void {
  history.update(({ now, past }) => {
    const next = to(now);
    if (next === now) return { now, past };
    const last = past.at(-1);
    // One drag of a slider is one step back, however many values it passed; none if it came home.
    if (join && last?.what === what)
      return { now: next, past: sameScenarios(last.before, next) ? past.slice(0, -1) : past };
    return { now: next, past: [...past, { before: now, what }].slice(-MOST_STEPS) };
  });
}

function changeSpec(what: string, to: (spec: Spec) => Spec, join = false): void {
  change(
    what,
    (now) => {
      const draft = draftOf(now);
      const spec = to(draft.spec);
      if (specKey(spec) === specKey(draft.spec)) return now;
      const slot: Slot = now.active === "b" && now.b ? "b" : "a";
      return { ...now, [slot]: { name: "", spec } };
    },
    join,
  );
}

/** Switch a measure of the active scenario on or off. */
export function switchMeasure(id: string, year: number | null = null): void {
  changeSpec("scenario.change.measure", (spec) => toggleMeasure(spec, id, year));
}

/** Change the year or effect of a measure of the active scenario; `sliding` joins a drag. */
export function adjustMeasure(id: string, to: Partial<MeasureChoice>, sliding = false): void {
  changeSpec("scenario.change.measure", (spec) => changeMeasure(spec, id, to), sliding);
}

/** Close a place in the active scenario, or open it again. */
export function closePlace(id: string, closed = true): void {
  const what = closed ? "scenario.change.closed" : "scenario.change.opened";
  changeSpec(what, (spec) => setClosed(spec, id, closed));
}

/** Set a cell of the study in the active scenario; `sliding` joins the steps of one drag. */
export function setEdit(edit: Edit, sliding = false): void {
  changeSpec("scenario.change.edit", (spec) => putEdit(spec, edit), sliding);
}

/** Take back what was set on a cell of the study. */
export function removeEdit(cell: Pick<Edit, "table" | "key" | "column">, sliding = false): void {
  changeSpec("scenario.change.edit", (spec) => dropEdit(spec, cell), sliding);
}

/** Take a new link out, with what was said of it elsewhere in the scenario. */
export function removeLink(edit: Edit): void {
  const id = String(edit.value);
  changeSpec("scenario.change.link", (spec) => ({
    ...dropEdit(spec, edit),
    closed: spec.closed.filter((one) => one !== id),
  }));
}

/** Add a new link to the active scenario. */
export function addLink(edit: Edit): void {
  changeSpec("scenario.change.link", (spec) => putEdit(spec, edit));
}

/** Set the year of the active scenario; null stands for the economy of the baseline. */
export function setYear(year: number | null): void {
  changeSpec("scenario.change.year", (spec) => ({ ...spec, year }));
}

/** Put a whole scenario in a slot; null takes B away. */
export function putDraft(slot: Slot, draft: Draft | null): void {
  change("scenario.change.chosen", (now) => {
    if (slot === "a") return { ...now, a: draft ?? EMPTY };
    return { ...now, b: draft, active: draft ? now.active : "a" };
  });
}

/** Name the scenario in a slot, after it was saved. */
export function nameDraft(slot: Slot, name: string): void {
  history.update((h) => {
    const draft = h.now[slot];
    return draft ? { ...h, now: { ...h.now, [slot]: { ...draft, name } } } : h;
  });
}

/** Choose which scenario clicks change; choosing B without one starts it as a copy of A. */
export function activate(slot: Slot): void {
  history.update(({ now, past }) => {
    const b = slot === "b" && !now.b ? { name: "", spec: now.a.spec } : now.b;
    return { now: { ...now, b, active: slot }, past };
  });
}

/** Take back the last change. */
export function undo(): void {
  history.update(({ now, past }) => {
    const last = past.at(-1);
    return last ? { now: last.before, past: past.slice(0, -1) } : { now, past };
  });
}

/** Take back every change of the active scenario; this too can be undone. */
export function undoAll(): void {
  changeSpec("scenario.change.all", () => BASELINE);
}

/** Parts of the address: `a`, `b` and which is active. */
export function writeScenarios(now: Scenarios): Record<"a" | "b" | "slot", string> {
  const b = now.b ? writeSpec(now.b.spec) || "0" : "";
  return { a: writeSpec(now.a.spec), b, slot: now.active === "b" ? "b" : "" };
}

/** Take both scenarios from the address; false where a part of it is no scenario. */
export function readScenarios(parts: { a?: string; b?: string; slot?: string }): boolean {
  const a = readSpec(parts.a);
  const b = parts.b === "0" ? { ...BASELINE } : parts.b ? readSpec(parts.b) : undefined;
  const now = get(history).now;
  const keep = (old: Draft | null, spec: Spec): Draft =>
    old && specKey(old.spec) === specKey(spec) ? old : { name: "", spec };
  const next: Scenarios = {
    a: keep(now.a, a ?? BASELINE),
    b: b ? keep(now.b, b) : null,
    active: parts.slot === "b" && b ? "b" : "a",
  };
  const written = JSON.stringify(writeScenarios(now));
  if (written !== JSON.stringify(writeScenarios(next)))
    history.update(({ past }) => ({ now: next, past }));
  return a !== null && b !== null;
}

/** Forget everything: for a change of study, and for tests. */
export function reset(): void {
  history.set({ now: START, past: [] });
}

export { isBaseline };
