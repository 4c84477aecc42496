import { get } from "svelte/store";
import { beforeEach, describe, expect, it } from "vitest";
import { mapKey } from "./keys";
import { DIFFERENCES } from "./palette";
import { drawnDifference } from "./view-data";
import { comparedLinks, drawnLinks, greatCircleKm, newLinkEdit, newLinks, readNewLink } from "./new-link";
import { BASELINE, readSpec, writeSpec, type Edit } from "./scenario-spec";
import * as store from "./scenario-store";

const FORM = {
  from: "rail:1:A:1520", to: "rail:2:A:1520", mode: "rail", length_km: 120.5, speed_km_per_h: null, capacity_t_per_year: null,
  border_crossing_id: "",
};
const END = { name: "", lon: 10, lat: 20 };

describe("new links", () => {
  beforeEach(store.reset);
  it("are written as the API takes them", () => {
    expect(newLinkEdit(BASELINE, FORM)).toEqual({
      table: "link", op: "insert", column: "link_id", value: "new:1",
      key: "from_node_id=rail:1:A:1520;to_node_id=rail:2:A:1520;mode=rail;length_km=120.5",
    });
  });
  it("take the first free id and come back from the address", () => {
    const one = newLinkEdit(BASELINE, FORM);
    const spec = { ...BASELINE, edits: [one] };
    const two = newLinkEdit(spec, { ...FORM, speed_km_per_h: 80, capacity_t_per_year: 2e6 });
    expect(two.value).toBe("new:2");
    const back = readSpec(writeSpec({ ...BASELINE, edits: [one, two] }));
    expect(newLinks(back!).map((link) => link.id)).toEqual(["new:1", "new:2"]);
    expect(readNewLink(two).cells).toMatchObject({ speed_km_per_h: "80", capacity_t_per_year: "2000000" });
  });
  it("are drawn once both ends are known", () => {
    const links = newLinks({ ...BASELINE, edits: [newLinkEdit(BASELINE, FORM)] });
    const one = new Map([[FORM.from, { ...END, node_id: FORM.from }]]);
    expect(drawnLinks(links, one).features).toHaveLength(0);
    const both = new Map([...one, [FORM.to, { ...END, lon: 11, node_id: FORM.to }]]);
    expect(drawnLinks(links, both).features[0]?.geometry).toEqual({
      type: "LineString", coordinates: [[10, 20], [11, 20]],
    });
  });
  it("are coloured by what two scenarios differ in, unless both use the id for other ways", () => {
    const a = { ...BASELINE, edits: [newLinkEdit(BASELINE, FORM)] };
    const other = { ...BASELINE, edits: [newLinkEdit(BASELINE, { ...FORM, to: "rail:3:A:1520" })] };
    expect(comparedLinks(a, null).map((link) => link.id)).toEqual(["new:1"]);
    expect(comparedLinks(a, a)).toHaveLength(1);
    expect(comparedLinks(a, other)).toEqual([]);
    const ends = new Map([[FORM.from, { ...END, node_id: FORM.from }], [FORM.to, { ...END, lon: 11, node_id: FORM.to }]]);
    const lines = drawnLinks(comparedLinks(a, null), ends);
    const change = [{ link_id: "new:1", a: 0, b: 5000, difference: 5000 }];
    expect(drawnDifference(change, null, null).features).toHaveLength(0);
    const [drawn] = drawnDifference(change, null, null, lines).features;
    expect(drawn?.geometry).toEqual({ type: "LineString", coordinates: [[10, 20], [11, 20]] });
    expect((drawn?.properties as { colour: string }).colour).toBe(DIFFERENCES.at(-1));
  });
  it("leave the scenario with all that was said of them", () => {
    const edit = newLinkEdit(BASELINE, FORM);
    store.addLink(edit);
    store.closePlace("new:1");
    store.removeLink(edit);
    expect(get(store.activeSpec)).toEqual(BASELINE);
  });
  it("know the great circle", () => {
    expect(greatCircleKm({ lon: 0, lat: 0 }, { lon: 1, lat: 0 })).toBeCloseTo(111.195, 2);
  });
});

describe("a drag", () => {
  beforeEach(store.reset);
  const edit: Edit = { table: "link", key: "link_id=A", column: "speed_km_per_h", op: "set", value: 30 };
  it("is one step to undo", () => {
    store.setEdit(edit);
    store.setEdit({ ...edit, value: 40 }, true);
    store.setEdit({ ...edit, value: 50 }, true);
    expect(get(store.undoCount)).toBe(1);
    store.undo();
    expect(get(store.activeSpec).edits).toEqual([]);
  });
  it("that comes home leaves nothing to undo", () => {
    store.setEdit(edit);
    store.removeEdit(edit, true);
    expect(get(store.activeSpec).edits).toEqual([]);
    expect(get(store.undoCount)).toBe(0);
  });
});

describe("single keys", () => {
  const pressed = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false });
  const item = { kind: "zone" as const, id: "Z", label: "Z", size: 0, lon: 0, lat: 0 };
  it("can be switched off; keys with a name still act", () => {
    expect(mapKey(pressed("]"), [item], null)?.kind).toBe("focus");
    expect(mapKey(pressed("]"), [item], null, false)).toBeNull();
    expect(mapKey(pressed("Escape"), [item], null, false)?.kind).toBe("leave");
  });
});
