import { expect, test } from "vitest";
import { offsetText, OFFSETS, partsOf, readDeparture } from "./departure";

test("a departure is read as people type it", () => {
  const same = { local: "2026-03-19T08:00", offset: "" };
  expect(readDeparture("2026-03-19 08:00")).toEqual(same);
  expect(readDeparture("۲۰۲۶-۰۳-۱۹ ۰۸:۰۰")).toEqual(same);
  expect(readDeparture("2026/3/19, 8.00")).toEqual(same);
  expect(readDeparture("2026-03-19T08:00+05:00")).toEqual({ ...same, offset: "+05:00" });
  expect(readDeparture("2026-03-19T08:00Z")).toEqual({ ...same, offset: "+00:00" });
});

test("what is no time is not taken for one", () => {
  for (const text of ["", "tomorrow", "2026-02-30 08:00", "2026-03-19", "2026-03-19 25:00", "19.03.2026 08:00"])
    expect(readDeparture(text), text).toBeNull();
});

test("offsets are written with sign and two digits", () => {
  expect([offsetText(330), offsetText(-210), offsetText(0)]).toEqual(["+05:30", "-03:30", "+00:00"]);
  expect(new Set(OFFSETS).size).toBe(OFFSETS.length);
  expect(partsOf("2026-03-19T08:00+05:00")).toEqual({ local: "2026-03-19 08:00", offset: "+05:00" });
  expect(partsOf("soon")).toEqual({ local: "soon", offset: "" });
});
