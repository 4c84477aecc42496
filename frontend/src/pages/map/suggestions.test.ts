import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Suggestions, wantedText, type PlaceItem } from "./suggestions.svelte";

const place = (id: string, kind = "zone") => ({ id, kind, names: { en: id } }) as unknown as PlaceItem;

let answers: { q: string; give: (places: PlaceItem[]) => void }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const q = new URL(request.url).searchParams.get("q")!;
    return new Promise<Response>((resolve) => {
      const give = (places: PlaceItem[]) =>
        resolve(new Response(JSON.stringify({ places }), { headers: { "Content-Type": "application/json" } }));
      answers.push({ q, give });
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(200);

describe("offers of a field", () => {
  it("asks once for the last text, and not for a single letter", async () => {
    const offers = new Suggestions();
    for (const text of ["a", "al", "alm"]) offers.ask(text);
    await settle();
    expect(answers.map((one) => one.q)).toEqual(["alm"]);
    offers.ask("a");
    await settle();
    expect(answers).toHaveLength(1);
    expect(offers.open).toBe(false);
  });

  it("takes only the kinds that are wanted, and only the answer to the last question", async () => {
    const offers = new Suggestions();
    offers.ask("first");
    await settle();
    offers.ask("second", ["terminal"]);
    await settle();
    answers[1]!.give([place("T1", "terminal"), place("Z1")]);
    await settle();
    answers[0]!.give([place("Z2")]);
    await settle();
    expect(offers.items.map((one) => one.id)).toEqual(["T1"]);
  });

  it("shows nothing where the field was left before the answer", async () => {
    const offers = new Suggestions();
    offers.ask("late");
    await settle();
    offers.close();
    answers[0]!.give([place("Z1")]);
    await settle();
    expect(offers.open).toBe(false);
  });

  it("goes round by arrows from both ends", async () => {
    const offers = new Suggestions();
    offers.ask("some");
    await settle();
    answers[0]!.give([place("A"), place("B"), place("C")]);
    await settle();
    expect(offers.pointed).toBeUndefined();
    offers.step(-1);
    expect(offers.pointed?.id).toBe("C");
    offers.step(1);
    expect(offers.pointed?.id).toBe("A");
  });
});

it("writes a place as the API takes it", () => {
  expect(wantedText(place("47.1,51.9", "coordinates"))).toBe("47.1,51.9");
  expect(wantedText(place("Z1"))).toBe("zone:Z1");
});
