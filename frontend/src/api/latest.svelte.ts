/** Answers to the newest of several questions: the old one stays until the new one is there. */
import { toProblem, type ApiProblem } from "./client";

/** One answer that follows a question which changes, as while a slider is moved. */
export class Latest<Question, Answer> {
  answer = $state.raw<Answer | null>(null);
  /** The question that the answer is of. */
  asked = $state.raw<Question | null>(null);
  asking = $state(false);
  /** When the question that is on the way was asked, ms since 1970. */
  since = $state(0);
  problem = $state.raw<ApiProblem | null>(null);
  private wanted = "";
  private question: Question | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | undefined;

  constructor(
    private readonly send: (question: Question, signal: AbortSignal) => Promise<Answer>,
    private readonly pause_ms = 0,
  ) {}

  /** Ask; `null` takes the answer away. */
  ask(question: Question | null): void {
    const key = question === null ? "" : JSON.stringify(question);
    if (key === this.wanted) return;
    this.stop();
    this.wanted = key;
    this.question = question;
    if (question === null) {
      [this.answer, this.asked, this.problem] = [null, null, null];
      return;
    }
    this.asking = true;
    this.since = Date.now();
    this.timer = setTimeout(() => void this.run(question, key), this.answer ? this.pause_ms : 0);
  }

  /** Ask the same once more. */
  again(): void {
    const question = this.question;
    this.wanted = "";
    this.ask(question);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.asking = false;
    this.wanted = "";
  }

  private async run(question: Question, key: string): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    try {
      const answer = await this.send(question, abort.signal);
      if (this.wanted !== key) return;
      [this.answer, this.asked, this.problem] = [answer, question, null];
    } catch (error) {
      if (this.wanted !== key || abort.signal.aborted) return;
      this.problem = toProblem(error);
    }
    this.asking = false;
  }
}
