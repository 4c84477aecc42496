import { describe, expect, it } from "vitest";
import { byEnglish, nameIn } from "./names";
import type { Names } from "./types";

describe("names", () => {
  const all: Names[] = [{ en: "North", fa: "شمال" }, { en: "South", ru: "Юг" }, { en: "North", fa: "دیگر" }, { ru: "Без" }];

  it("are found by the English one, the first of two that share it", () => {
    const known = byEnglish(all);
    expect([...known.keys()]).toEqual(["North", "South"]);
    expect(nameIn(known.get("North"), "fa", "North")).toEqual({ text: "شمال", lang: "fa" });
  });

  it("fall back to English, and say so", () => {
    expect(nameIn(byEnglish(all).get("South"), "fa", "South")).toEqual({ text: "South", lang: "en" });
    expect(nameIn(byEnglish(all).get("A bend"), "fa", "A bend")).toEqual({ text: "A bend", lang: "en" });
  });
});
