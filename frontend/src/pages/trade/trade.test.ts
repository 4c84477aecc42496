import { describe, expect, it } from "vitest";
import { readLevers, readPair, readWay, readYear, withLever, writeLevers } from "./asked";
import { Latest } from "@/api/latest.svelte";
import { ends } from "./books";
import type { Books, Lever, Potential, Step } from "./model";
import { stairs, strongest } from "./reasons";
import { sectorsOf, sectorShapes, widest } from "./sectors";
import { axisOf, ratioAxis } from "./strips";
import { scaleOf } from "./units";

const lever = (lever_id: string, now: number, minimum = 0, maximum = 1, unit = "share") =>
  ({ lever_id, now, minimum, maximum, unit, name: {} }) as unknown as Lever;
const LEVERS = [lever("duty", 0.1, 0, 0.3), lever("hours", 40, 0, 80, "h")];

describe("the question in the address", () => {
  it("names a pair, else that of the study", () => {
    expect(readPair({ pair: "AAA,BBB" }, ["CCC", "DDD"])).toEqual(["AAA", "BBB"]);
    expect(readPair({ pair: "AAA,AAA" }, ["CCC", "DDD"])).toEqual(["CCC", "DDD"]);
    expect(readPair({}, undefined)).toBeNull();
    expect(readWay({ way: "b_to_a" })).toBe("b_to_a");
    expect(readWay({ way: "up" })).toBe("a_to_b");
    expect([readYear({ year: "2022" }), readYear({ year: "x" }), readYear({})]).toEqual([2022, undefined, undefined]);
  });

  it("holds the levers that are moved and within their ends", () => {
    const moved = readLevers("hours:20,duty:0.1,none:3,duty:9", LEVERS);
    expect(moved).toEqual([{ lever_id: "hours", value: 20 }]);
    expect(readLevers(writeLevers(moved) ?? "", LEVERS)).toEqual(moved);
    expect(withLever(moved, LEVERS[1]!, 40)).toEqual([]);
    expect(writeLevers([])).toBeNull();
  });

  it("writes shares as per cent with a round step", () => {
    expect(scaleOf(LEVERS[0]!)).toEqual({ factor: 100, unit: "%", step: 0.05 });
    expect(scaleOf(LEVERS[1]!).unit).toBe("h");
  });
});

describe("reasons", () => {
  const steps = (
    [["potential", 1000], ["transport", -300], ["tariff", 50], ["not_explained", -410], ["actual", 340]] as const
  ).map(([step, value]) => ({ step, value_usd_current: value, low: value, high: value }) as Step); // prettier-ignore

  it("lead from the potential down to what is traded", () => {
    const all = stairs(steps);
    expect(all.map(({ from, to }) => [from, to])).toEqual([[0, 1000], [1000, 700], [700, 750], [750, 340], [0, 340]]);
    expect(strongest(steps)!.step.step).toBe("not_explained");
    expect(strongest(steps.slice(0, 1))).toBeNull();
  });
});

describe("sectors", () => {
  const found = {
    sectors: [
      { sector_id: "S", name: { en: "small" }, direction: "a_to_b", actual_usd_current: 5, potential_usd_current: 4, low: 2, high: 9, gap_usd_current: -1 },
      { sector_id: "L", name: { en: "large" }, direction: "a_to_b", actual_usd_current: 10, potential_usd_current: 50, low: 30, high: 90, gap_usd_current: 40 },
      { sector_id: "L", name: { en: "large" }, direction: "b_to_a", actual_usd_current: 1, potential_usd_current: 99, low: 1, high: 99, gap_usd_current: 98 },
    ],
  } as unknown as Potential; // prettier-ignore

  it("of one direction stand by size and keep their place in the answer", () => {
    const sectors = sectorsOf(found, "a_to_b", "en");
    expect(sectors.map(({ shown, at }) => [shown, at])).toEqual([["large", 1], ["small", 0]]);
    expect(widest(sectors)!.at).toBe(1);
    expect(sectorsOf(found, null, "en")).toHaveLength(3);
  });

  it("draw trade inside its potential on one scale", () => {
    const bars = sectorShapes(sectorsOf(found, "a_to_b", "en"), 618).filter((shape) => shape.tag === "rect");
    const widths = bars.map((bar) => Number(bar.attributes.width));
    // 90 is the end of the axis and 600 pixels wide: potential and trade of each, largest first.
    expect(widths.map((width) => Math.round((width * 100) / 600))).toEqual([50, 10, 4, 5]);
  });
});

describe("axes", () => {
  it("start at 0, or at the least below it", () => {
    expect(axisOf([0, 90], 618, 1, String).x(45)).toBeCloseTo(270, 6);
    const both = axisOf([-50, 50], 618, 1, String);
    expect(both.x(0)).toBeCloseTo(300, 6);
  });

  it("of ratios give equal factors equal steps", () => {
    const { x } = ratioAxis([0.1, 1, 10], 618, 1, String);
    expect(x(1) - x(0.1)).toBeCloseTo(x(10) - x(1), 6);
  });
});

describe("books", () => {
  it("range from the lowest to the highest that says a number", () => {
    const accounts = [5, null, 2, 9].map((value_usd_current) => ({ value_usd_current }));
    const [low, high] = ends({ accounts } as unknown as Books)!;
    expect([low.value_usd_current, high.value_usd_current]).toEqual([2, 9]);
    expect(ends({ accounts: accounts.slice(0, 2) } as unknown as Books)).toBeNull();
  });
});

describe("answers", () => {
  it("keep the old one until that to the newest question is there", async () => {
    const waiting = new Map<number, (text: string) => void>();
    const latest = new Latest<number, string>((n) => new Promise((done) => waiting.set(n, done)));
    const tick = () => new Promise((done) => setTimeout(done, 1));
    latest.ask(1);
    await tick();
    waiting.get(1)!("one");
    await tick();
    expect([latest.answer, latest.asked, latest.asking]).toEqual(["one", 1, false]);
    latest.ask(2);
    await tick();
    latest.ask(3);
    await tick();
    expect([latest.answer, latest.asking]).toEqual(["one", true]);
    waiting.get(2)!("two");
    waiting.get(3)!("three");
    await tick();
    expect([latest.answer, latest.asked]).toEqual(["three", 3]);
    latest.ask(null);
    expect(latest.answer).toBeNull();
  });
});
