/** The goal of a roadmap: what is asked, how it stands in the address, how it is sent. */
import type { Params } from "@/app/address";
import type { Schemas } from "@/api/client";
import { readLimits, writeLimits, type Limits } from "./limits";

export type Aim = "target" | "budget";

export interface Goal {
  aim: Aim;
  target_usd: number | null;
  year: number | null;
  budget_usd: number | null;
  band: boolean;
  /** Share of the draws that must reach the target; null: the central case counts. */
  probability: number | null;
  limits: Limits;
}

/** Draws behind a band: as many as the study's own run, at most what the server allows. */
export function drawsOf(band: boolean, summary: Record<string, unknown> | undefined): number {
  const own = Number(summary?.draws ?? 0);
  return band ? Math.min(2000, own > 0 ? own : 200) : 0;
}

const numberOf = (text: string | undefined) => {
  const value = text === undefined ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};

/** Goal of an address; what is missing comes from the study. */
export function readGoal(params: Params, info: Schemas["StudyInfo"] | null): Goal {
  return {
    aim: params.aim === "budget" ? "budget" : "target",
    target_usd: numberOf(params.target) ?? info?.target_usd ?? null,
    year: numberOf(params.year) ?? info?.target_year ?? null,
    budget_usd: numberOf(params.budget),
    band: params.band === "1",
    probability: numberOf(params.p),
    limits: readLimits(params.after, params.without),
  };
}

/** Goal as parameters of an address. */
export function writeGoal(goal: Goal): Record<string, string | null> {
  const text = (value: number | null) => (value === null ? null : String(value));
  return {
    aim: goal.aim === "budget" ? "budget" : null,
    target: text(goal.target_usd),
    year: text(goal.year),
    budget: text(goal.budget_usd),
    band: goal.band ? "1" : null,
    p: goal.aim === "target" ? text(goal.probability) : null,
    ...writeLimits(goal.limits),
  };
}

/** Whether the goal needs draws: for a band, or for a probability. */
export const needsDraws = (goal: Goal): boolean =>
  goal.band || (goal.aim === "target" && goal.probability !== null);

/** What is missing before a plan can be looked for; empty where nothing is. */
export function missing(goal: Goal): "target" | "year" | "budget" | "" {
  if (goal.year === null) return "year";
  if (goal.target_usd === null) return "target";
  return goal.aim === "budget" && goal.budget_usd === null ? "budget" : "";
}

/** Body of the job. A budget counts only where it is the aim. */
export function jobOf(goal: Goal, draws: number): Schemas["RoadmapParams"] {
  return {
    kind: "roadmap",
    target_usd: goal.target_usd,
    year: goal.year,
    budget_usd: goal.aim === "budget" ? goal.budget_usd : null,
    prices: "current",
    draws,
    ...goal.limits,
    probability_share: goal.aim === "target" ? goal.probability : null,
  };
}
