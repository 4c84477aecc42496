/** Questions about closures to the server: the list by a job, one place at once. */
import { api, need, toProblem, type ApiProblem } from "@/api/client";
import { finished, jobEnd, startJob, type Job } from "@/api/jobs";
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

/** What a job computes: a list serves all weeks. */
const paramsOf = ({ halve, fixed_trade, kind }: Asked) => ({
  kind: "closures" as const, halve, fixed_trade, place_kind: kind,
}); // prettier-ignore

/** The job that computes a list; it goes on while other pages are open, and after a reload. */
class Lister {
  job = $state.raw<Job | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  private of = $state("");

  /** The job on the list of a question, while it is at work. */
  at(asked: Asked): Job | null {
    return this.of === JSON.stringify(paramsOf(asked)) && this.job && !finished(this.job) ? this.job : null;
  }

  /** Compute the list of a question; says whether it is there now. */
  async run(asked: Asked): Promise<boolean> {
    this.problem = null;
    try {
      return await this.follow(asked, await startJob(paramsOf(asked)));
    } catch (error) {
      this.problem = toProblem(error);
      return false;
    }
  }

  /** Follow the job that is at work on the list of a question, if there is one; says as `run`. */
  async resume(asked: Asked): Promise<boolean> {
    const { jobs } = await need(api.GET("/api/v1/jobs"));
    const wanted = paramsOf(asked);
    const same = (params: Job["params"]) =>
      Object.entries(wanted).every(([key, value]) => (params as Record<string, unknown>)[key] === value);
    const running = jobs.find((one) => !finished(one) && same(one.params));
    return running ? this.follow(asked, running) : false;
  }

  private async follow(asked: Asked, started: Job): Promise<boolean> {
    this.of = JSON.stringify(paramsOf(asked));
    this.job = started;
    const mine = (now: Job) => this.job?.job_id === now.job_id && (this.job = now);
    const ended = finished(started) ? started : await jobEnd(started.job_id, mine).end;
    if (ended.state === "failed" || ended.state === "interrupted")
      throw toProblem(ended.problem ?? { status: 500, title: ended.state });
    return ended.state === "done";
  }
}

export const lister = new Lister();
