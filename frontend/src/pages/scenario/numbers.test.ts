import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { BASELINE, type Spec } from "@/map/scenario-spec";
import { solver, type Solved } from "@/map/solver.svelte";
import { rememberAsk, routeNumber } from "../map/route-number";
import { scenarioNumber } from "./numbers";

const spec: Spec = { ...BASELINE, closed: ["X"] };
const solved = { spec: { ...spec, loop: true } } as unknown as Solved;

describe("numbers of a comparison", () => {
  it("name both sides, and the baseline by leaving it out", () => {
    expect(scenarioNumber(null, solved, "scenario", "trade", "b")).toEqual({
      scenario: {
        a: null, b: { spec: solved.spec, full: false }, table: "scenario", key: "trade", column: "b",
      },
    });
    expect(scenarioNumber(null, null, "scenario", "trade", "b")).toBeNull();
  });

  it("say when they are of a job with ways searched anew", () => {
    solver.keep(spec, solved);
    const ref = scenarioNumber(solved, null, "scenario_places", "C1", "wait_a");
    expect(ref).toMatchObject({ scenario: { a: { full: true }, b: null, key: "C1" } });
    solver.clear();
  });
});

describe("numbers of a route", () => {
  const route = { route_id: "r1", legs: [] } as unknown as Schemas["RouteItem"];

  it("carry the question that found the route", () => {
    expect(routeNumber(route, "time_h")).toBeNull();
    const ask = { origin: "a", destination: "b", alternatives: 0 } as Schemas["RouteAsk"];
    rememberAsk([route], ask);
    expect(routeNumber(route, "cost_usd", 2)).toEqual({
      route: { ask, route_id: "r1", leg: 2, column: "cost_usd" },
    });
  });
});
