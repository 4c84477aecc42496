/** Jobs: start, follow and cancel. Progress comes as server-sent events. */
import { api, need, type Schemas } from "./client";

export type Job = Schemas["Job"];
const FINAL = new Set(["done", "failed", "cancelled", "interrupted"]);
const POLL_MS = 1500;

/** Say whether nothing more will happen to a job. */
export function finished(job: Job): boolean {
  return FINAL.has(job.state);
}

/** Start a job; one that is done already is answered at once. */
export function startJob(params: Schemas["JobAsk"]["params"]): Promise<Job> {
  return need(api.POST("/api/v1/jobs", { body: { params } }));
}

/** Ask the server to stop a job. */
export function cancelJob(id: string): Promise<Job> {
  return need(api.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));
}

/** Read a job once. */
export function readJob(id: string): Promise<Job> {
  return need(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));
}

/**
 * Follow a job until it ends. A broken stream (a server that is gone, too many pages open) falls
 * back to asking now and then. The function that is returned stops to follow; the job goes on.
 */
export function followJob(id: string, tell: (job: Job) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stream = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`);
  const stop = () => {
    stopped = true;
    stream.close();
    clearTimeout(timer);
  };
  const take = (job: Job) => {
    if (stopped) return;
    if (finished(job)) stop();
    tell(job);
  };
  const poll = async () => {
    try {
      take(await readJob(id));
    } catch {
      // The connection banner says it; the next round tries again.
    }
    if (!stopped) timer = setTimeout(() => void poll(), POLL_MS);
  };
  stream.addEventListener("job", (event) => take(JSON.parse((event as MessageEvent).data)));
  stream.onerror = () => {
    stream.close();
    if (!stopped) void poll();
  };
  return stop;
}

/** Follow a job to its end; throws what made it fail. */
export function jobEnd(id: string, tell: (job: Job) => void): { end: Promise<Job>; stop: () => void } {
  let stop = () => {};
  const end = new Promise<Job>((resolve) => {
    stop = followJob(id, (job) => {
      tell(job);
      if (finished(job)) resolve(job);
    });
  });
  return { end, stop: () => stop() };
}
