/** Choices between routes: points, words, fields of the question, and the table of a quotation. */
import { describe, expect, it } from "vitest";
import { needsCount, onlyNumbersDiffer, readForm, sortRoutes, toAsk, writeForm, type Found } from "./form";
import { circles, diameter, frontTable, nearest, type Point } from "./front";
import { neededDocuments, quoteDocuments, quoteFacts, quoteGrounds, quoteTable, type Quotation } from "./quote";
import { offsetOf, scheduleTable, waitsText } from "./schedule";
import { isBeaten, whyText } from "./why";

const point = (id: string, time_h: number, cost: number, co2: number, route_id: string | null = null): Point => ({
  point_id: id, time_h, cost_usd_per_t: cost, co2_kg_per_t: co2, route_id,
}); // prettier-ignore
const FRONT = [point("a", 100, 200, 400, "r1"), point("b", 150, 150, 100), point("c", 300, 90, 100, "r2")];
const NAMES = { r1: "Route 1", r2: "Route 2" };
const route = (more: Partial<Found>): Found =>
  ({ route_id: "r", found: true, on_front: true, nearly: [], difference: null, best_in: [], ...more }) as Found;
const NONE = { measures: [], closed: [], year: null, edits: [] };

describe("the front", () => {
  it("draws areas by CO2e, listed ones last and named, the chosen one in its colour", () => {
    expect(diameter(100, FRONT) / diameter(400, FRONT)).toBeCloseTo(0.5);
    const drawn = circles(FRONT, NAMES, "r2");
    expect(drawn.map((line) => line.id)).toEqual(["b", "a", "c"]);
    expect(drawn.map((line) => line.end?.text)).toEqual([undefined, "Route 1", "Route 2"]);
    expect(drawn.map((line) => line.dots)).toEqual(["hollow", "full", "full"]);
    expect(drawn[2]!.colour).not.toBe(drawn[1]!.colour);
  });
  it("finds the nearest point on both axes", () => {
    expect(nearest(FRONT, 295, 95)?.point_id).toBe("c");
    expect(nearest(FRONT, 140, 160)?.point_id).toBe("b");
    expect(nearest([], 1, 1)).toBeNull();
  });
  it("is a table with every point, as the chart has them", () => {
    const { rows } = frontTable(FRONT, NAMES, []);
    expect(rows.map((row) => row.route)).toEqual(["Route 1", "not listed", "Route 2"]);
    expect(rows.map((row) => row.cost_usd_per_t)).toEqual([200, 150, 90]);
  });
});

describe("why a route is listed", () => {
  const plain = (of: Found) => whyText(of).map((part) => (typeof part === "string" ? part : part.text)).join("");
  const difference = { rival: "cheapest", time_h: -44, cost_usd_per_t: 18, co2_kg_per_t: 0 };
  it("says what is better first, then what is worse", () => {
    expect(plain(route({ difference }))).toBe("44 h faster than the cheapest; $18.0 per t dearer");
  });
  it("says that it is as good, and whose role it nearly has", () => {
    const same = { ...difference, time_h: 0, cost_usd_per_t: 0 };
    expect(plain(route({ difference: same }))).toBe("as good as the cheapest");
    const nearly = [{ role: "cleanest", share: 0.0004 }];
    expect(plain(route({ nearly }))).toBe("within 0.1 % of the cleanest");
    expect(plain(route({}))).toBe("");
  });
  it("tells one that another beats", () => {
    expect([isBeaten(route({})), isBeaten(route({ on_front: false }))]).toEqual([false, true]);
  });
});

describe("the question", () => {
  const params = {
    from: "A", to: "B", dep: "2026-03-19T08:00+05:00", crew: "2", truck: "X", dg: "4.1", temp: "1",
    ct: "tank", uw: "22.5", pt: "abc",
  }; // prettier-ignore
  it("holds departure, needs, truck and choice, and the address gives them back", () => {
    const form = readForm(params);
    const ask = toAsk(form, NONE)!;
    expect(ask).toMatchObject({
      depart: params.dep, crew: 2, vehicle: "X", dangerous: "4.1", temperature: true, container_type: "tank",
      t_per_unit: 22.5, point: "abc",
    }); // prettier-ignore
    expect(needsCount(form)).toBe(6);
    const written = Object.entries(writeForm(form)).filter(([, value]) => value !== "");
    expect(Object.fromEntries(written)).toEqual(params);
  });
  it("is not a slider's when the departure differs", () => {
    const [one, two] = [toAsk(readForm(params), NONE), toAsk(readForm({ ...params, dep: "" }), NONE)];
    expect(onlyNumbersDiffer(one, two)).toBe(false);
  });
  it("sorts by arrival; a route that is stuck comes last", () => {
    const at = (id: string, hours: number | null) =>
      route({ route_id: id, schedule: { arrives: hours === null ? null : "x", hours } as Found["schedule"] });
    const sorted = sortRoutes([at("stuck", null), at("late", 90), at("soon", 40)], "arrival");
    expect(sorted.map((r) => r.route_id)).toEqual(["soon", "late", "stuck"]);
  });
});

describe("the schedule", () => {
  const wait = (kind: string, hours: number, more = {}) => ({
    kind, place: "Gate", hours, until: "2026-03-20T08:00+03:30", reason: null, row_id: null, document_no: null,
    assumed: false, ...more,
  }); // prettier-ignore
  it("names what opens with its own clock, and counts rests", () => {
    expect(waitsText([wait("opening", 5, { reason: "Nowruz" })])).toBe(
      "5 h: Gate opens Fri 20 Mar 08:00 (UTC+03:30), after Nowruz",
    );
    expect(waitsText([wait("rest", 11), wait("break", 0.75), wait("rest", 9)])).toBe("2 × rest: 20 h; 45 min: break");
    expect(waitsText([wait("headway", 6, { assumed: true })])).toBe("6 h: half a headway (mean)");
  });
  it("is a table of legs whose waits add up", () => {
    const leg = { mode: "road", from: "A", to: "B", starts: "2026-03-19T08:00+05:00", ends: "2026-03-19T20:00+05:00", hours: 12, waits: [wait("rest", 3), wait("break", 1)] };
    const schedule = { departs: leg.starts, arrives: leg.ends, hours: 12, waited_h: 4, rested_h: 4, reason_code: null, reason: null, facts: {}, legs: [leg] };
    expect(offsetOf(schedule)).toBe("+05:00");
    const { columns, rows } = scheduleTable(schedule, route({}));
    expect(rows[0]).toMatchObject({ to: "B", waited_h: 4, starts: leg.starts });
    expect(columns.find((c) => c.key === "starts")!.show!(leg.starts, rows[0]!)).toBe("Thu 19 Mar 08:00");
  });
});

describe("the quotation", () => {
  const figures = { distance_km: 10, moving_h: 2, dwell_h: 3, time_h: 5, cost_usd_per_t: 4, cost_usd_per_unit: 80, cost_usd: 40, co2_kg_per_t: 1, co2_kg: 10 };
  const line = { leg: 1, mode: "rail", from: "A", to: "B", place: null, country: "X", carries: null, ...figures, status: "assumed", tariffs: ["T-5"] };
  const quote = {
    origin: "A", destination: "B", commodity_name: "Machinery", unit: "feu", tonnes: 10, t_per_unit: 20, units: 0.5,
    date: "2025-02-01", currency: "US$", price_year: 2024, lines: [line], total: { ...figures, status: "assumed" },
    insurance_usd_per_t: 1, insurance_usd: 10, insurance_status: "observed", total_usd: 50, p50_h: 5, p95_h: 9, seed: 1, draws: 10000,
    departs: null, arrives: null, valid_from: "2025-01-01", valid_to: "2025-06-30", dated: true,
    documents: [{ kind: "tariff", document_no: "T-5", text: "coefficient 0.50", country: null, valid_from: "2025-01-01", valid_to: null, legs: [1] }],
    documents_needed: [{ name: "Waybill", code: "CIM", country: "", at: ["A"], need: "required", condition: "", issuer: "carrier" }],
    rules: ["no tanks"], assumptions: [{ code: "legs_assumed", count: 1, text: null }, { code: "note", count: null, text: "ended" }],
  } as unknown as Quotation; // prettier-ignore
  it("has the legs, their sum, insurance, and both together", () => {
    const { columns, rows } = quoteTable(quote, route({}));
    expect(rows.map((row) => row.mode)).toEqual(["rail", "total", "insurance", "total_insured"]);
    expect(rows.map((row) => row.cost_usd)).toEqual([40, 40, 10, 50]);
    expect(rows.map((row) => row.cost_usd_per_unit)).toEqual([80, 80, 20, 100]);
    expect(columns.map((c) => c.key)).toContain("cost_usd_per_unit");
    expect(rows.map((row) => row.status)).toEqual(["assumed", "assumed", "observed", "assumed"]);
  });
  it("leaves insurance out where the study has none, and a unit of tonnes has no column of its own", () => {
    const plain = { ...quote, unit: "t", insurance_usd: null, insurance_usd_per_t: null };
    const { columns, rows } = quoteTable(plain, route({}));
    expect(rows.at(-1)!.mode).toBe("total");
    expect(columns.map((c) => c.key)).not.toContain("cost_usd_per_unit");
    expect(quoteFacts(plain).find(([label]) => label === "Insurance")![1]).toContain("not included");
  });
  it("tells validity, documents and grounds", () => {
    expect(Object.fromEntries(quoteFacts(quote)).Valid).toBe("1 January 2025 to 30 June 2025");
    expect(quoteDocuments(quote)).toEqual([["Tariff · T-5", "coefficient 0.50; from 1 January 2025; legs 1"]]);
    expect(neededDocuments(quote)).toEqual([["Waybill (CIM)", "required; A; carrier"]]);
    expect(quoteGrounds(quote)).toEqual([
      "1 leg rests on an assumed input at least.", "ended", "Half and 19 of 20 are of 10,000 seeded draws (seed 1).", "no tanks",
    ]); // prettier-ignore
  });
});
