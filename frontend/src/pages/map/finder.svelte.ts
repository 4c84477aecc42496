/** Asks for routes; the answer before stays until the next is there (R7). */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import type { Ask } from "./form";

export class Finder {
  answer = $state.raw<Schemas["RouteAnswer"] | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  asking = $state(false);
  /** The question that the shown answer is of. */
  private answered = "";
  private wanted = "";
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether the shown answer is of an earlier question. */
  get stale(): boolean {
    return this.asking && this.answer !== null;
  }

  /** Ask after a pause, so that a slider does not ask at each step; the same question is not asked twice. */
  ask(question: Ask | null, pauseMs = 60): void {
    const key = question ? JSON.stringify(question) : "";
    if (key === this.wanted) return;
    this.wanted = key;
    clearTimeout(this.timer);
    this.abort?.abort();
    if (!question) {
      this.asking = false;
      this.answer = null;
      this.problem = null;
      return;
    }
    this.asking = true;
    this.timer = setTimeout(() => void this.send(question, key), pauseMs);
  }

  /** Ask the last question again. */
  again(question: Ask | null): void {
    this.wanted = "";
    this.ask(question, 0);
  }

  private async send(question: Ask, key: string): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    try {
      const call = api.POST("/api/v1/routes", { body: question, signal: abort.signal });
      const answer = await need(call);
      if (this.wanted !== key) return;
      // The client knows points as lists of any length; the contract says two numbers.
      this.answer = answer as unknown as Schemas["RouteAnswer"];
      this.answered = key;
      this.problem = null;
    } catch (error) {
      if (this.wanted !== key) return;
      this.problem = toProblem(error);
    }
    this.asking = false;
  }

  /** Say whether the shown answer belongs to a question. */
  isOf(question: Ask | null): boolean {
    return question !== null && this.answered === JSON.stringify(question);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
  }
}
