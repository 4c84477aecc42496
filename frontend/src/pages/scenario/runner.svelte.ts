/** Full runs of scenarios, one after the other; they go on while other pages are open. */
import { api, need, toProblem, type ApiProblem } from "@/api/client";
import { jobEnd, startJob, type Job } from "@/api/jobs";
import type { Spec } from "@/map/scenario-spec";
import { apiSpec, solver, type Solved } from "@/map/solver.svelte";

export type RunState = "done" | "cancelled" | "failed";

class Runner {
  job = $state.raw<Job | null>(null);
  running = $state(false);
  cancelled = $state(false);
  seconds = $state<number | null>(null);
  problem = $state.raw<ApiProblem | null>(null);

  /** Run scenarios with new ways searched; stops at the first that does not end well. */
  async run(specs: Spec[]): Promise<RunState> {
    this.running = true;
    this.cancelled = false;
    this.problem = null;
    this.seconds = null;
    try {
      let seconds = 0;
      for (const spec of specs) {
        const job = await this.one(spec);
        if (job.state === "cancelled") {
          this.cancelled = true;
          return "cancelled";
        }
        seconds += job.elapsed_s;
      }
      this.seconds = seconds;
      return "done";
    } catch (error) {
      this.problem = toProblem(error);
      return "failed";
    } finally {
      this.running = false;
    }
  }

  private async one(spec: Spec): Promise<Job> {
    const started = await startJob({ kind: "scenario", spec: apiSpec(spec) });
    this.job = started;
    const job =
      started.state === "done"
        ? started
        : await jobEnd(started.job_id, (now) => (this.job = now)).end;
    if (job.state === "done") {
      const path = { job_id: job.job_id };
      const result = await need(api.GET("/api/v1/jobs/{job_id}/result", { params: { path } }));
      // The kind of the job says which of the results this is.
      solver.keep(spec, result as unknown as Solved);
    } else if (job.state !== "cancelled") {
      throw toProblem(job.problem ?? { status: 500, title: job.state });
    }
    return job;
  }
}

export const runner = new Runner();
