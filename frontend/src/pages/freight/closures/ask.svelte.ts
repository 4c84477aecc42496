/** Questions about closures to the server: the list by a job, one place at once. */
import { api, need, toProblem, type ApiProblem } from "@/api/client";
import { jobEnd, startJob, type Job } from "@/api/jobs";
import { Latest } from "@/api/latest.svelte";
import type { Asked, Closures, Detail } from "./asked";

const PAUSE_MS = 300;

/** The list of closures, where a job has computed it. */
export const listAnswers = () =>
  new Latest<Asked, Closures>(
    (query, signal) => need(api.GET("/api/v1/freight/closures", { params: { query }, signal })),
    PAUSE_MS,
  );

export interface OfPlace extends Omit<Asked, "kind"> {
  place: string;
}

/** The closure of one place. */
export const placeAnswers = () =>
  new Latest<OfPlace, Detail>(({ place, ...query }, signal) => {
    const params = { path: { place }, query };
    return need(api.GET("/api/v1/freight/closures/{place}", { params, signal }));
  }, PAUSE_MS);

/** The job that computes a list; it goes on while other pages are open. */
class Lister {
  job = $state.raw<Job | null>(null);
  running = $state(false);
  problem = $state.raw<ApiProblem | null>(null);

  /** Compute the list of a question; says whether it is there now. */
  async run({ halve, fixed_trade, kind }: Asked): Promise<boolean> {
    this.running = true;
    this.problem = null;
    try {
      const params = { kind: "closures" as const, halve, fixed_trade, place_kind: kind };
      const started = await startJob(params);
      this.job = started;
      const ended =
        started.state === "done"
          ? started
          : await jobEnd(started.job_id, (now) => (this.job = now)).end;
      if (ended.state === "failed" || ended.state === "interrupted")
        throw toProblem(ended.problem ?? { status: 500, title: ended.state });
      return ended.state === "done";
    } catch (error) {
      this.problem = toProblem(error);
      return false;
    } finally {
      this.running = false;
    }
  }
}

export const lister = new Lister();
