/** The finder under a slider: best route first, one question at a time, all routes at rest. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Finder } from "./finder.svelte";
import { onlyNumbersDiffer, readForm, toAsk, type Ask } from "./form";

interface Sent {
  ask: Ask;
  answer: (ids: string[]) => void;
}
let sent: Sent[] = [];

const route = (id: string, hours: number) => ({ route_id: id, found: true, time_h: hours, best_in: ["overall"], legs: [] });
const question = (hours: number | null): Ask =>
  toAsk(readForm({ from: "A", to: "B" }), {
    measures: [], closed: [], year: null,
    edits: hours === null ? [] : [{ table: "border_dwell", key: "k", column: "mean_h", op: "set", value: hours }],
  })!;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const ask = (await request.json()) as Ask;
    return new Promise<Response>((resolve, reject) => {
      request.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      const hours = Number(ask.edits?.[0]?.value ?? 0);
      const answer = (ids: string[]) => {
        const body = { origin: {}, destination: {}, routes: ids.map((id) => route(id, hours)) };
        resolve(new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } }));
      };
      sent.push({ ask, answer });
    });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function first(): Promise<Finder> {
  const finder = new Finder();
  finder.ask(question(null));
  await vi.advanceTimersByTimeAsync(60);
  sent[0]!.answer(["one", "two"]);
  await vi.advanceTimersByTimeAsync(0);
  return finder;
}

test("a slider asks for the best route at once, and for all when it rests", async () => {
  const finder = await first();
  finder.ask(question(5));
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map((s) => s.ask.alternatives)).toEqual([3, 0]);
  sent[1]!.answer(["one"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(finder.answer!.routes.map((r) => [r.route_id, r.time_h])).toEqual([["one", 5], ["two", 0]]);
  expect([finder.fresh, finder.stale]).toEqual(["one", true]);
  await vi.advanceTimersByTimeAsync(400);
  expect(sent.at(-1)!.ask.alternatives).toBe(3);
  sent.at(-1)!.answer(["one", "two"]);
  await vi.advanceTimersByTimeAsync(1);
  expect([finder.fresh, finder.stale]).toEqual(["", false]);
  expect(finder.answer!.routes.map((r) => r.time_h)).toEqual([5, 5]);
});

test("one question at a time while it moves, and the newest next", async () => {
  const finder = await first();
  for (const hours of [5, 6, 7, 8]) finder.ask(question(hours));
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.slice(1).map((s) => s.ask.edits?.[0]?.value)).toEqual([5]);
  sent[1]!.answer(["one"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.slice(1).map((s) => s.ask.edits?.[0]?.value)).toEqual([5, 8]);
  sent[2]!.answer(["new"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(finder.answer!.routes.map((r) => [r.route_id, r.time_h])).toEqual([["new", 8], ["one", 5], ["two", 0]]);
});

test("an answer that comes late does not replace that of a newer question", async () => {
  const finder = await first();
  finder.ask(question(5));
  await vi.advanceTimersByTimeAsync(1);
  const other = { ...question(5), destination: "C" };
  finder.ask(other);
  await vi.advanceTimersByTimeAsync(60);
  sent.at(-1)!.answer(["other"]);
  await vi.advanceTimersByTimeAsync(1);
  sent[1]!.answer(["one"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(finder.answer!.routes.map((r) => r.route_id)).toEqual(["other"]);
  expect([finder.hasEndsOf(other), finder.hasEndsOf(question(5))]).toEqual([true, false]);
});

test("only numbers of edits make a slide", () => {
  expect(onlyNumbersDiffer(question(1), question(2))).toBe(true);
  expect(onlyNumbersDiffer(question(1), question(1))).toBe(false);
  expect(onlyNumbersDiffer(question(1), { ...question(2), avoid: ["x"] })).toBe(false);
  expect(onlyNumbersDiffer(null, question(2))).toBe(false);
});
