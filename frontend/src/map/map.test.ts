import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { arrowImage } from "./arrow";
import { inBounds, step, visibleItems, type Listed } from "./cycle";
import { classCounts, differenceClass, linkDifferences, symmetricLimits } from "./difference";
import { dwellCounts, legendEntries, readOff, writeOff } from "./legend";
import { nameIn } from "./names";
import { csvRows, readOverlay } from "./overlay";
import { DIFFERENCES } from "./palette";
import { readCamera, readSelection, writeCamera, writeSelection } from "./selection";
import { mapStyle, MODE_LAYERS, SWITCHED } from "./style";
import { crossingRadius, flowWidth, legendAmounts, roundDown } from "./width";

describe("style", () => {
  const style = mapStyle({ Test: [{ url: "http://localhost/a.woff2" }] }, "Test");
  it("is a valid MapLibre style", () => {
    expect(validateStyleMin(style).map((e) => e.message)).toEqual([]);
  });
  it("has every layer that a switch names", () => {
    const ids = new Set(style.layers.map((layer) => layer.id));
    const named = [...Object.values(SWITCHED).flat(), ...Object.keys(MODE_LAYERS)];
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe("widths", () => {
  it("grow with tonnes and stay within the palette's limits", () => {
    expect(flowWidth(0, 100)).toBe(0);
    expect(flowWidth(100, 100)).toBe(16);
    expect(flowWidth(25, 100)).toBeCloseTo(0.7 + 15.3 / 2);
    expect(flowWidth(400, 100)).toBe(16);
  });
  it("give three round amounts", () => {
    expect(legendAmounts(23_400_000)).toEqual([20_000_000, 2_000_000, 500_000]);
    expect(legendAmounts(0)).toEqual([]);
    expect(roundDown(0.07)).toBeCloseTo(0.05);
  });
  it("size a crossing by its hours", () => {
    expect(crossingRadius(null, 100)).toBe(4);
    expect(crossingRadius(100, 100)).toBe(15);
  });
});

describe("difference", () => {
  const a = [{ link_id: "x", t_per_year: 10, baseline_t_per_year: 4 }];
  const b = [{ link_id: "y", t_per_year: 1, baseline_t_per_year: 6 }];
  it("takes the baseline where a side does not list a link", () => {
    expect(linkDifferences(a, b)).toEqual([
      { link_id: "x", a: 10, b: 4, difference: -6 },
      { link_id: "y", a: 6, b: 1, difference: -5 },
    ]);
    expect(linkDifferences(null, b)[0]).toEqual({ link_id: "y", a: 6, b: 1, difference: -5 });
  });
  it("has symmetric limits with white for no change", () => {
    const limits = symmetricLimits([-100, 30]);
    expect(limits.map((l) => -l).reverse()).toEqual(limits);
    expect(differenceClass(0, limits)).toBe(3);
    expect(differenceClass(-100, limits)).toBe(0);
    expect(differenceClass(100, limits)).toBe(DIFFERENCES.length - 1);
    expect(classCounts([0, 100, -100], limits)).toEqual([1, 0, 0, 1, 0, 0, 1]);
  });
});

describe("walking through what is in view", () => {
  const item = (kind: Listed["kind"], id: string, size: number, lon = 0): Listed => ({
    kind, id, size, lon, lat: 0, label: id,
  });
  const all = [item("zone", "z", 9), item("border_crossing", "small", 1),
    item("border_crossing", "large", 5), item("terminal", "away", 1, 90)];
  it("puts crossings first, by size, and leaves out what is outside", () => {
    const ids = visibleItems(all, [-1, -1, 1, 1]).map((i) => i.id);
    expect(ids).toEqual(["large", "small", "z"]);
  });
  it("goes round", () => {
    expect(step(all, null, 1)?.id).toBe("z");
    expect(step(all, null, -1)?.id).toBe("away");
    expect(step(all, all[3]!, 1)?.id).toBe("z");
    expect(step([], null, 1)).toBeNull();
  });
  it("knows a view over the date line", () => {
    expect(inBounds(179, 0, [170, -1, -170, 1])).toBe(true);
    expect(inBounds(0, 0, [170, -1, -170, 1])).toBe(false);
  });
});

describe("address", () => {
  it("keeps selection and view", () => {
    const selection = { kind: "border_crossing", id: "ferry:A-B:wagon" } as const;
    expect(readSelection(writeSelection(selection))).toEqual(selection);
    expect(readSelection("q:1")).toBeNull();
    expect(readCamera(writeCamera({ lon: 53.8, lat: 37.25, zoom: 5 }))).toEqual({
      lon: 53.8, lat: 37.25, zoom: 5,
    });
    expect(readCamera("5/99/10")).toBeNull();
    expect(readCamera(null)).toBeNull();
  });
  it("keeps the switches", () => {
    expect(readOff(null).has("zones")).toBe(true);
    expect(readOff(writeOff(new Set(["rail", "ports"])))).toEqual(new Set(["rail", "ports"]));
    expect(readOff("").size).toBe(0);
  });
});

describe("legend", () => {
  it("counts items and leaves out layers without any", () => {
    const line = { type: "LineString" as const, coordinates: [] };
    const network = {
      type: "FeatureCollection" as const,
      features: ["rail", "rail", "road"].map((mode) => ({
        type: "Feature" as const, geometry: line, properties: { mode } as never,
      })),
    };
    const data = {
      network, flows: null, crossings: null, zones: null, ports: null, overlay: null,
    };
    const rows = legendEntries(data, new Set(["road"]));
    expect(rows.map((r) => [r.key, r.count, r.on])).toEqual([["rail", 2, true], ["road", 1, false]]);
  });
  it("classes hours and counts those without", () => {
    const point = { type: "Point" as const, coordinates: [0, 0] };
    const features = [3, 12, 60, 500, null].map((mean_h) => ({
      type: "Feature" as const, geometry: point, properties: { mean_h } as never,
    }));
    expect(dwellCounts({ type: "FeatureCollection", features })).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("names", () => {
  it("fall back to English, then to what there is, then to the id", () => {
    expect(nameIn({ en: "A", fa: "الف" }, "fa", "x")).toEqual({ text: "الف", lang: "fa" });
    expect(nameIn({ en: "A" }, "fa", "x")).toEqual({ text: "A", lang: "en" });
    expect(nameIn({ ru: "А" }, "fa", "x")).toEqual({ text: "А", lang: "ru" });
    expect(nameIn({}, "fa", "x")).toEqual({ text: "x", lang: "en" });
  });
});

describe("overlay", () => {
  it("reads points with quotes and semicolons", () => {
    const { overlay, problems } = readOverlay("a.csv", 'lon;lat;name\n53,5;37,2;"one; two"\n');
    expect(problems).toEqual([]);
    expect(overlay?.collection.features[0]?.geometry).toEqual({ type: "Point", coordinates: [53.5, 37.2] });
    expect(overlay?.collection.features[0]?.properties.label).toBe("one; two");
  });
  it("reads flows and Persian digits", () => {
    const { overlay } = readOverlay("a", "from_lon,from_lat,to_lon,to_lat,value\n۵۱,35,76,43,12.5");
    expect(overlay?.kind).toBe("lines");
    expect(overlay?.collection.features[0]?.properties.value).toBe(12.5);
  });
  it("says every problem at once", () => {
    const { overlay, problems } = readOverlay("a", "lon,lat\nx,1\n1,95\n1\n");
    expect(overlay).toBeNull();
    expect(problems.map((p) => [p.code, p.line])).toEqual([["number", 2], ["range", 3], ["ragged", 4]]);
  });
  it("says that columns are missing or the file is empty", () => {
    expect(readOverlay("a", "x,y\n1,2").problems[0]?.code).toBe("columns");
    expect(readOverlay("a", "").problems[0]?.code).toBe("empty");
  });
  it("keeps line breaks in quotes", () => {
    expect(csvRows('a,b\n"1\n2",3', ",")).toEqual([["a", "b"], ["1\n2", "3"]]);
  });
});

describe("arrow", () => {
  it("has a clear rim and a solid middle", () => {
    const { width, data } = arrowImage();
    const alpha = (x: number, y: number) => data[(y * width + x) * 4 + 3];
    expect(alpha(0, 0)).toBe(0);
    expect(alpha(6, 10)).toBe(255);
  });
});
