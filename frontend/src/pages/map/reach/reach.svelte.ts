/** How far it is from a place: asked anew when the question changes, the old answer stays till then. */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import { live } from "@/app/live.svelte";
import { t } from "@/i18n";
import type { ReachAsk } from "./reach";

const PAUSE_MS = 120;
type Answer = Schemas["Reach"];

export class ReachMap {
  answer = $state.raw<Answer | null>(null);
  /** The question that the answer is of. */
  asked = $state.raw<ReachAsk | null>(null);
  asking = $state(false);
  problem = $state.raw<ApiProblem | null>(null);
  private wanted = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | undefined;

  ask(question: ReachAsk | null): void {
    const key = question ? JSON.stringify(question) : "";
    if (key === this.wanted) return;
    clearTimeout(this.timer);
    this.abort?.abort();
    this.wanted = key;
    this.asking = question !== null;
    if (!question) [this.answer, this.asked, this.problem] = [null, null, null];
    else this.timer = setTimeout(() => void this.send(question, key), this.answer ? PAUSE_MS : 0);
  }

  stop(): void {
    this.ask(null);
  }

  private async send(body: ReachAsk, key: string): Promise<void> {
    this.abort = new AbortController();
    try {
      const answer = await need(api.POST("/api/v1/reach", { body, signal: this.abort.signal }));
      if (this.wanted !== key) return;
      [this.answer, this.asked, this.problem] = [answer, body, null];
      live.say(t("reach.announced", { n: answer.reached }));
    } catch (error) {
      if (this.wanted !== key) return;
      this.problem = toProblem(error);
    }
    this.asking = false;
  }
}
