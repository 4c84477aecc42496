import { describe, expect, it } from "vitest";
import { drawnReach, HERE, NOT_REACHED, reachClass, reachColour, reachLimits } from "./reach-layer";
import { AMOUNTS } from "./palette";

describe("a reach map", () => {
  it("has classes of about the same number of zones with limits that read well", () => {
    const values = Array.from({ length: 100 }, (_, i) => i * 7.3 + 1);
    const limits = reachLimits(values);
    expect(limits).toEqual([150, 290, 440, 590]);
    const counts = [0, 1, 2, 3, 4].map((of) => values.filter((v) => reachClass(v, limits) === of).length);
    expect(Math.min(...counts)).toBeGreaterThan(15);
  });

  it("has fewer classes where numbers are alike, and none without numbers", () => {
    expect(reachLimits([])).toEqual([]);
    expect(reachLimits([5, 5, 5])).toEqual([]);
    expect(reachLimits([1, 2])).toEqual([2]);
    expect([0, 1].map((of) => reachColour(of, 2))).toEqual([AMOUNTS[0], AMOUNTS[4]]);
  });

  it("tells the place itself and what is not reached apart", () => {
    const zone = (id: string, reason: string | null) => ({ zone_id: id, names: { en: id }, lon: 1, lat: 2, reason });
    const zones = [zone("a", "same_place"), zone("b", null), zone("c", "avoided")];
    const drawn = drawnReach(zones, (one) => (one.zone_id === "b" ? 9 : null), [4], "en", (v) => `${v} h`);
    expect(drawn.features.map((f) => f.properties.of)).toEqual([HERE, 1, NOT_REACHED]);
    expect(drawn.features.map((f) => f.properties.sign)).toEqual(["", "", "×"]);
    expect(drawn.features[1]!.properties.shown).toBe("9 h");
  });
});
