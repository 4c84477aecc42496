/** Asks for routes; the answer before stays until the next is there (R7). */
import { api, need, toProblem, type ApiProblem, type Schemas } from "@/api/client";
import { onlyNumbersDiffer, type Ask } from "./form";
import { rememberAsk } from "./route-number";
import { withBest, type Answer } from "./quick";

/** A field that is typed in asks after this pause, milliseconds. */
const TYPED_MS = 60;
/** A slider that rests this long asks for all routes again, milliseconds. */
const REST_MS = 350;

export class Finder {
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  asking = $state(false);
  /** The best route, where it alone answers the question as it stands; empty elsewhere. */
  fresh = $state("");
  /** The question that the shown answer is of. */
  private answered = "";
  private ends = $state.raw<Pick<Ask, "origin" | "destination"> | null>(null);
  private wanted = "";
  private last: Ask | null = null;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The newest question of a slider that waits for the one before it. */
  private next: Ask | null = null;
  private quickly = false;

  /** Whether the shown answer is of an earlier question. */
  get stale(): boolean {
    return this.asking && this.answer !== null;
  }

  /**
   * Ask after a pause; the same question is not asked twice. While a slider moves only the best
   * route is asked for, one question at a time, the newest next; the others when it rests.
   */
  ask(question: Ask | null, pauseMs = TYPED_MS): void {
    const key = question ? JSON.stringify(question) : "";
    if (key === this.wanted) return;
    const sliding = this.answer !== null && onlyNumbersDiffer(this.last, question);
    this.wanted = key;
    this.last = question;
    this.next = null;
    clearTimeout(this.timer);
    this.abort?.abort();
    if (!question) {
      this.asking = false;
      this.answer = null;
      this.problem = null;
      return;
    }
    this.asking = true;
    this.timer = setTimeout(() => void this.send(question, key), sliding ? REST_MS : pauseMs);
    if (!sliding) return;
    this.next = question;
    void this.sendQuick();
  }

  /** Ask the last question again. */
  again(question: Ask | null): void {
    this.wanted = "";
    this.last = null;
    this.ask(question, 0);
  }

  /** Ask for the best route alone, as long as there are newer questions. */
  private async sendQuick(): Promise<void> {
    if (this.quickly) return;
    this.quickly = true;
    while (this.next) {
      const question: Ask = { ...this.next, alternatives: 0 };
      const of = this.wanted;
      this.next = null;
      try {
        const found = await call(question);
        // The whole answer may have come first, or another question been asked.
        const due = this.answered !== of && (this.wanted === of || this.next !== null);
        if (due && this.answer && found.routes[0]?.found) {
          rememberAsk(found.routes, question);
          this.answer = withBest(this.answer, found);
          this.fresh = found.routes[0].route_id;
        }
      } catch {
        // The question for all routes, which follows, tells what is wrong.
      }
    }
    this.quickly = false;
  }

  private async send(question: Ask, key: string): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    try {
      const answer = await call(question, abort.signal);
      if (this.wanted !== key) return;
      rememberAsk(answer.routes, question);
      this.answer = answer;
      this.answered = key;
      this.ends = question;
      this.fresh = "";
      this.problem = null;
    } catch (error) {
      if (this.wanted !== key) return;
      this.problem = toProblem(error);
    }
    this.asking = false;
  }

  /** Say whether the shown answer has the ends of a question: their names are known then. */
  hasEndsOf(question: Ask | null): boolean {
    const { origin, destination } = this.ends ?? {};
    return question !== null && question.origin === origin && question.destination === destination;
  }

  stop(): void {
    this.next = null;
    clearTimeout(this.timer);
    this.abort?.abort();
  }
}

async function call(body: Ask, signal?: AbortSignal): Promise<Answer> {
  const answer = await need(api.POST("/api/v1/routes", signal ? { body, signal } : { body }));
  // The client knows points as lists of any length; the contract says two numbers.
  return answer as unknown as Schemas["RouteAnswer"];
}
