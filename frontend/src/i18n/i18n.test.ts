import { describe, expect, it } from "vitest";
import en from "./en";
import fa from "./fa";
import { fill } from "./plural";

const NAMES = /\{(\w+)[,}]/g;
const names = (text: string) => [...new Set([...text.matchAll(NAMES)].map((m) => m[1]))].sort();

describe("catalogues", () => {
  it("uses the same names in both languages", () => {
    for (const [key, text] of Object.entries(fa)) {
      expect(names(text), key).toEqual(names((en as Record<string, string>)[key] ?? "missing"));
    }
  });

  it("holds no word that the copy style forbids", () => {
    const forbidden = /\b(please|successfully|oops|invalid|click here)\b|!/i;
    for (const [key, text] of Object.entries(en)) expect(forbidden.test(text), key).toBe(false);
  });

  it("fills names and plurals", () => {
    const show = (n: number) => String(n);
    const text = "{n, plural, one {# row} other {# rows}} of {name}";
    expect(fill(text, { n: 1, name: "x" }, "en", show)).toBe("1 row of x");
    expect(fill(text, { n: 4, name: "x" }, "en", show)).toBe("4 rows of x");
  });
});
