import { get } from "svelte/store";
import { beforeEach, describe, expect, it } from "vitest";
import { BASELINE, editOf, readSpec, specKey, writeSpec, type Edit } from "./scenario-spec";
import * as store from "./scenario-store";

const EDIT: Edit = {
  table: "border_dwell", key: "border_crossing_id=A;cargo=all", column: "mean_h", op: "set", value: 12,
};

describe("scenario in the address", () => {
  it("comes back as it went", () => {
    const spec = {
      measures: [{ measure_id: "M1", year: 2028, effect: "low" as const }],
      edits: [EDIT, { ...EDIT, column: "state", value: "بسته" }],
      closed: ["ferry:A-B"],
      year: 2030,
    };
    expect(readSpec(writeSpec(spec))).toEqual(spec);
    expect(writeSpec(BASELINE)).toBe("");
    expect(readSpec("")).toEqual(BASELINE);
  });
  it("is refused where it is no scenario", () => {
    expect(readSpec("%%%")).toBeNull();
    expect(readSpec(btoa("[1,2]"))).toBeNull();
  });
  it("has one key for one content", () => {
    const one = { ...BASELINE, closed: ["a", "b"] };
    expect(specKey(one)).toBe(specKey({ ...BASELINE, closed: ["b", "a"] }));
  });
});

describe("store", () => {
  beforeEach(store.reset);
  it("closes a place and takes it back", () => {
    store.closePlace("A");
    expect(get(store.activeSpec).closed).toEqual(["A"]);
    expect(get(store.lastChange)).toBe("scenario.change.closed");
    store.undo();
    expect(get(store.activeSpec).closed).toEqual([]);
    expect(get(store.undoCount)).toBe(0);
  });
  it("joins the steps of a drag", () => {
    store.setEdit(EDIT, true);
    store.setEdit({ ...EDIT, value: 8 }, true);
    expect(get(store.undoCount)).toBe(1);
    expect(editOf(get(store.activeSpec), EDIT)?.value).toBe(8);
    store.undo();
    expect(get(store.activeSpec).edits).toEqual([]);
  });
  it("starts B as a copy of A and changes only B", () => {
    store.switchMeasure("M1", 2027);
    store.activate("b");
    store.switchMeasure("M2");
    expect(get(store.scenarios).a.spec.measures.map((m) => m.measure_id)).toEqual(["M1"]);
    expect(get(store.scenarios).b?.spec.measures.map((m) => m.measure_id)).toEqual(["M1", "M2"]);
    store.undoAll();
    expect(get(store.activeSpec)).toEqual(BASELINE);
    store.undo();
    expect(get(store.activeSpec).measures).toHaveLength(2);
  });
  it("comes back from the address", () => {
    store.switchMeasure("M1");
    store.activate("b");
    store.closePlace("A");
    const parts = store.writeScenarios(get(store.scenarios));
    store.reset();
    expect(store.readScenarios(parts)).toBe(true);
    expect(get(store.scenarios).b?.spec.closed).toEqual(["A"]);
    expect(get(store.scenarios).active).toBe("b");
    expect(store.readScenarios({ a: "???" })).toBe(false);
  });
  it("keeps a baseline as B apart from no B", () => {
    store.putDraft("b", { name: "", spec: BASELINE });
    const parts = store.writeScenarios(get(store.scenarios));
    store.reset();
    store.readScenarios(parts);
    expect(get(store.scenarios).b).not.toBeNull();
  });
});
