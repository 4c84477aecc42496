import { describe, expect, it } from "vitest";
import { word } from "@/i18n";
import { boundsOfBand, effectOf, shareAt, shareOf, unitKey, valueAt } from "./effect";
import { tariffFields, validOn } from "./rates";

const BAND = { table: "capacity", column: "c", op: "multiply", unit: "", weak: 1.4, mode: 2, strong: 2.4 };
// The weak end may be the larger number: fewer hours are a stronger effect.
const DOWN = { ...BAND, weak: 1, mode: 0.85, strong: 0.7 };

describe("effect of a measure", () => {
  it("has words at the ends and the mode", () => {
    expect([-1, 0, 1].map(effectOf)).toEqual(["low", "mode", "high"]);
    expect(effectOf(0.25)).toBe(0.25);
    expect(effectOf(7)).toBe("high");
    expect(["low", "mode", "high"].map((word) => shareOf(word as "low"))).toEqual([-1, 0, 1]);
  });
  it.each([["t/year", "t a year"], ["km/h", "km/h"], ["share", "share"], ["h", "h"]])("words the unit %s", (unit, said) => {
    expect(word("unit", unitKey(unit))).toBe(said);
  });
  it.each([[BAND], [DOWN]])("goes from share to value and back", (band) => {
    expect(valueAt(band, -1)).toBe(band.weak);
    expect(valueAt(band, 0)).toBe(band.mode);
    expect(valueAt(band, 1)).toBe(band.strong);
    for (const share of [-1, -0.4, 0, 0.3, 1]) expect(shareAt(band, valueAt(band, share))).toBeCloseTo(share, 9);
    expect(boundsOfBand(band)[0]).toBeLessThan(boundsOfBand(band)[1]);
  });
  it("stays inside a band whose mode is an end", () => {
    const flat = { ...BAND, weak: 2 };
    expect(shareAt(flat, 2)).toBe(0);
    expect(shareAt(flat, 2.2)).toBeCloseTo(0.5, 9);
  });
});

describe("tariffs as fields", () => {
  const row = (more: Record<string, string | number>) => ({
    importer: "B", exporter: "A", sector_id: "", kind: "duty", rate_share: 0.129, valid_from: "", valid_to: "", ...more,
  });
  it("show per cent and name the sector in the key", () => {
    const [all] = tariffFields([row({})], "A", "B", "");
    expect(all?.cell.key).toBe("importer=B;exporter=A;kind=duty;valid_from=");
    expect(all?.scale).toBe(100);
    const [one] = tariffFields([row({})], "A", "B", "S1");
    expect(one?.cell.key).toContain("sector_id=S1");
    expect(one?.value).toBe(0.129);
  });
  it("take the sector's own rate, the direction's own rows and those that hold", () => {
    const rows = [row({}), row({ sector_id: "S1", rate_share: 0.2 }), row({ importer: "A", exporter: "B", rate_share: 0.3 })];
    expect(tariffFields(rows, "A", "B", "S1").map((f) => f.value)).toEqual([0.2]);
    expect(tariffFields([row({ sector_id: "S1" })], "A", "B", "")).toEqual([]);
    expect(validOn([row({ valid_from: "2030-01-01" }), row({ valid_to: "2024-01-01" }), row({})], "2026-01-01")).toHaveLength(1);
  });
});
