import { describe, expect, it } from "vitest";
import { firstRow, gridTable, PAGE } from "./grid";

describe("grid", () => {
  it("finds the page of a row, unless rows are filtered or sorted", () => {
    expect(firstRow({ row: String(PAGE * 2 + 3) })).toBe(PAGE * 2);
    expect(firstRow({ row: "120", q: "x" })).toBe(0);
    expect(firstRow({ offset: "50", row: "7" })).toBe(50);
    expect(firstRow({ offset: "-1" })).toBe(0);
  });
  it("keeps the number of a row in the whole table for its provenance", () => {
    const answer = { table: "t", total: 9, offset: 4, columns: ["a", "status"], row: [7], rows: [[1.5, "derived"]] };
    const table = gridTable(answer, undefined, { table: "t", result_id: null }, String);
    expect(table.columns[0]!.source!(table.rows[0]!)).toEqual({ table: "t", row: 7, column: "a" });
    expect(table.columns[1]!.kind).toBe("status");
  });
});
