/** The study and its last run: what every page needs, loaded once. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import { connection } from "@/api/connection.svelte";
import { finished, followJob, startJob, type Job } from "@/api/jobs";

class StudyState {
  info = $state.raw<Schemas["StudyInfo"] | null>(null);
  result = $state.raw<Schemas["ResultInfo"] | null>(null);
  /** The job that makes the default run, while there is no result. */
  job = $state.raw<Job | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  private stop = () => {};

  /** Study and run in one text; blank until they are known. What pages read is kept by it. */
  get version(): string {
    return this.info ? `${this.info.study_hash}/${this.result?.result_id ?? ""}` : "";
  }

  /** Load study and last run; follows the run that the server may have started. */
  async load(): Promise<void> {
    connection.onBack(() => {
      if (!this.info || !this.result) void this.read();
    });
    await this.read();
  }

  /** Start the default run again after it failed or was stopped. */
  async runAgain(): Promise<void> {
    try {
      const job = await startJob({ kind: "run", loop: true });
      this.take({ result: this.result, job });
      if (job.state === "done") await this.read();
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  private async read(): Promise<void> {
    try {
      const [info, latest] = await Promise.all([
        need(api.GET("/api/v1/study")),
        need(api.GET("/api/v1/results/latest")),
      ]);
      // The client widens tuples to lists; the body is the one that the description names.
      this.info = info as Schemas["StudyInfo"];
      this.take(latest);
      this.problem = null;
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  private take(latest: Schemas["Latest"]): void {
    this.result = latest.result;
    this.job = latest.job;
    this.stop();
    if (!latest.job || finished(latest.job)) return;
    this.stop = followJob(latest.job.job_id, (job) => {
      this.job = job;
      if (job.state === "done") void this.read();
    });
  }
}

export const study = new StudyState();
