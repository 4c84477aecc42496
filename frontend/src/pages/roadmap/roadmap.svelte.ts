/** What the roadmap page shows: the last run, or what a roadmap job has found. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import { finished, followJob, readJob, startJob, type Job } from "@/api/jobs";
import { resultTable, type Summary } from "@/api/results";
import type { Row } from "@/files/table";

export interface Plan {
  /** Run or plan of a job whose tables the numbers stand in. */
  result_id: string | null;
  job_id: string | null;
  summary: Summary;
  path: Row[];
  split: Row[];
  measures: Row[];
}

const numbered = (rows: Record<string, unknown>[]) =>
  rows.map((row, row_) => ({ ...row, row_ }) as Row);

/** Plan of the study's last run. */
export async function planOfRun(result: Schemas["ResultInfo"]): Promise<Plan> {
  const id = result.result_id;
  const [path, split, measures] = await Promise.all(
    ["trade_path", "decomposition", "measures"].map((name) => resultTable(id, name)),
  );
  return {
    result_id: id, job_id: null, summary: result.summary,
    path: path!, split: split!, measures: measures!,
  }; // prettier-ignore
}

async function planOfJob(job_id: string): Promise<Plan> {
  const found = await need(
    api.GET("/api/v1/jobs/{job_id}/result", { params: { path: { job_id } } }),
  );
  if (!("decomposition" in found)) throw toProblem({ status: 409, title: "not a roadmap" });
  return {
    result_id: found.result_id,
    job_id,
    summary: found.summary,
    path: numbered(found.path),
    split: numbered(found.decomposition),
    measures: numbered(found.measures),
  };
}

/** Search for a plan as the page sees it. */
export class Search {
  job = $state.raw<Job | null>(null);
  plan = $state.raw<Plan | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  private stop = () => {};

  get running(): boolean {
    return this.job !== null && !finished(this.job);
  }

  /** Start a search; answers the job's id for the address, or null where it was refused. */
  async start(params: Schemas["RoadmapParams"]): Promise<string | null> {
    this.problem = null;
    try {
      const job = await startJob(params);
      this.follow(job);
      return job.job_id;
    } catch (error) {
      this.problem = toProblem(error);
      return null;
    }
  }

  /** Open the job of an address. */
  async open(job_id: string): Promise<void> {
    if (this.job?.job_id === job_id) return;
    try {
      this.follow(await readJob(job_id));
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  /** Forget the job; the job itself goes on. */
  clear(): void {
    this.stop();
    this.job = null;
    this.plan = null;
    this.problem = null;
  }

  private follow(job: Job): void {
    this.stop();
    void this.take(job);
    if (!finished(job)) this.stop = followJob(job.job_id, (next) => void this.take(next));
  }

  private async take(job: Job): Promise<void> {
    this.job = job;
    if (job.state === "failed" && job.problem) this.problem = toProblem(job.problem);
    if (job.state !== "done") return;
    try {
      this.plan = await planOfJob(job.job_id);
    } catch (error) {
      this.problem = toProblem(error);
    }
  }
}
