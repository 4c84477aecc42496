/** Whether the server answers (R12). While it does not, the page asks again by itself. */
const FIRST_MS = 1000;
const LONGEST_MS = 15_000;

class Connection {
  lostAt = $state<number | null>(null);
  private wait = FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly back = new Set<() => void>();

  get online(): boolean {
    return this.lostAt === null;
  }

  /** Call `then` when the server answers again after it was gone. */
  onBack(then: () => void): () => void {
    this.back.add(then);
    return () => this.back.delete(then);
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wait = FIRST_MS;
    if (this.lostAt === null) return;
    this.lostAt = null;
    for (const then of [...this.back]) then();
  }

  lost(): void {
    this.lostAt ??= Date.now();
    if (this.timer) return;
    this.timer = setTimeout(() => void this.ask(), this.wait);
    this.wait = Math.min(LONGEST_MS, this.wait * 2);
  }

  /** Ask whether the server is there. */
  async ask(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      const response = await fetch("/api/v1/health");
      if (response.ok) this.heard();
      else this.lost();
    } catch {
      this.lost();
    }
  }
}

export const connection = new Connection();
