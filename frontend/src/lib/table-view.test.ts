import { describe, expect, it } from "vitest";
import type { Table } from "@/files/table";
import { cellText, isNumber, nextOrder, ordered, readOrder, wordyColumns, writeOrder } from "./table-view";

const TABLE: Table = {
  columns: [
    { key: "name", label: "Name" },
    { key: "hours", label: "Time", unit: "h" },
    { key: "note", label: "Note" },
    { key: "secret", label: "Secret", hidden: true },
  ],
  rows: [
    { name: "B", hours: 4, note: "", secret: "x".repeat(40) },
    { name: "A", hours: null, note: "a text that is longer than two dozen letters", secret: "" },
    { name: "C", hours: 1.5, note: "short", secret: "" },
  ],
};

describe("order of a table", () => {
  it("goes up, down and back to how the rows came", () => {
    const up = nextOrder(null, "hours");
    const down = nextOrder(up, "hours");
    expect([up, down, nextOrder(down, "hours")]).toEqual([
      { key: "hours", down: false }, { key: "hours", down: true }, null,
    ]);
    expect(nextOrder(down, "name")).toEqual({ key: "name", down: false });
  });

  it("is written in addresses as it is read there", () => {
    for (const text of ["", "hours", "-hours"]) expect(writeOrder(readOrder(text))).toBe(text);
  });

  it("sorts numbers as numbers, keeps each row's place, and puts empty cells last", () => {
    const places = (by: Parameters<typeof ordered>[1]) => ordered(TABLE.rows, by).map((one) => one.index);
    expect(places(null)).toEqual([0, 1, 2]);
    expect(places({ key: "hours", down: false })).toEqual([2, 0, 1]);
    expect(places({ key: "name", down: true })).toEqual([2, 0, 1]);
    expect(TABLE.rows.map((row) => row.name)).toEqual(["B", "A", "C"]);
  });
});

describe("cells and columns", () => {
  it("knows numbers by the kind of a column, or by its cells", () => {
    const of = (key: string) => isNumber(TABLE.columns.find((one) => one.key === key)!, TABLE.rows);
    expect([of("name"), of("hours")]).toEqual([false, true]);
    expect(isNumber({ key: "hours", label: "", kind: "text" }, TABLE.rows)).toBe(false);
  });

  it("says that a cell is empty, and never 0", () => {
    expect(cellText(TABLE.columns[1]!, TABLE.rows[1]!)).toBe("no data");
    expect(cellText(TABLE.columns[1]!, TABLE.rows[2]!)).toBe("1.5");
  });

  it("gives room to columns of words that are seen", () => {
    expect([...wordyColumns(TABLE)]).toEqual(["note"]);
  });
});
