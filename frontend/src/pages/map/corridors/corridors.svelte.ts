/** The corridors of the question in hand: asked anew when it changes, the old ones stay till then. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import type { Ask } from "../form";

const PAUSE_MS = 250;
type Answer = Schemas["Corridors"];

/** Answers of one endpoint to the newest of several questions. */
export class Comparison {
  answer = $state.raw<Answer | null>(null);
  /** The question that the answer is of. */
  asked = $state.raw<Ask | null>(null);
  asking = $state(false);
  problem = $state.raw<ApiProblem | null>(null);
  private wanted = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | undefined;

  ask(question: Ask | null): void {
    const key = question ? JSON.stringify(question) : "";
    if (key === this.wanted) return;
    this.stop();
    this.wanted = key;
    this.asking = question !== null;
    if (question) this.timer = setTimeout(() => void this.send(question, key), this.answer ? PAUSE_MS : 0);
  }

  again(): void {
    const question = JSON.parse(this.wanted || "null") as Ask | null;
    this.wanted = "";
    this.ask(question);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.asking = false;
    this.wanted = "";
  }

  private async send(body: Ask, key: string): Promise<void> {
    this.abort = new AbortController();
    try {
      const answer = await need(api.POST("/api/v1/corridors", { body, signal: this.abort.signal }));
      if (this.wanted !== key) return;
      [this.answer, this.asked, this.problem] = [answer, body, null];
    } catch (error) {
      if (this.wanted !== key) return;
      this.problem = toProblem(error);
    }
    this.asking = false;
  }
}

export const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Corridors as a workbook with charts. */
export async function corridorWorkbook(body: Ask): Promise<Blob> {
  const answer = await need(api.POST("/api/v1/corridors/workbook", { body, parseAs: "blob" }));
  return answer as unknown as Blob;
}
