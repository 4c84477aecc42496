import { describe, expect, it } from "vitest";
import { lasting, merge, readAddress, writeAddress, type Route } from "./address";

const ROUTES: Route[] = [
  { page: "overview", params: {} },
  { page: "map", params: { from: "43.25,76.95", to: "بندرعباس", lang: "fa", sel: "x:ABC-DEF" } },
  { page: "data", params: { q: "a b&c=d", sort: "-value", table: "link" } },
];

describe("address", () => {
  it.each(ROUTES)("round trip of $page", (route) => {
    const url = new URL(writeAddress(route), "http://127.0.0.1");
    expect(readAddress(url.pathname, url.search)).toEqual(route);
  });

  it("writes one address for one state", () => {
    const one = writeAddress({ page: "map", params: { a: "1", b: "2" } });
    expect(writeAddress({ page: "map", params: { b: "2", a: "1", c: "" } })).toBe(one);
  });

  it("merges, removes and keeps what lasts", () => {
    expect(merge({ a: "1", q: "x" }, { q: null, z: "3" })).toEqual({ a: "1", z: "3" });
    expect(lasting({ lang: "fa", q: "x", a: "1" })).toEqual({ lang: "fa", a: "1" });
  });
});
