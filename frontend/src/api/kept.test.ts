import { describe, expect, it, vi } from "vitest";
import { keptAnswer } from "./kept";

const asks = (answer: number) => vi.fn(() => Promise.resolve(answer));

describe("kept answers", () => {
  it("asks once while study and run are the same, and again when they change", async () => {
    const [first, second] = [asks(1), asks(2)];
    expect(await keptAnswer("a", "v1", first)).toBe(1);
    expect(await keptAnswer("a", "v1", second)).toBe(1);
    expect(second).not.toHaveBeenCalled();
    expect(await keptAnswer("a", "v2", second)).toBe(2);
    expect(first).toHaveBeenCalledOnce();
  });

  it("asks again after a failure", async () => {
    await expect(keptAnswer("b", "v1", () => Promise.reject(new Error("gone")))).rejects.toThrow();
    expect(await keptAnswer("b", "v1", asks(3))).toBe(3);
  });

  it("asks nothing before the version is known, and forgets the oldest", async () => {
    const early = asks(1);
    void keptAnswer("c", "", early);
    expect(early).not.toHaveBeenCalled();
    await keptAnswer("d", "v1", asks(4));
    for (let n = 0; n < 60; n++) await keptAnswer(`n${n}`, "v1", asks(n));
    expect(await keptAnswer("d", "v1", asks(5))).toBe(5);
  });
});
