import { describe, expect, it } from "vitest";
import { csvText, tabText } from "./csv";
import { fileName, type About, type Table } from "./table";
import { xlsxBytes } from "./xlsx";

const ABOUT: About = {
  title: "A title", unit: "h", scenario: "My plan", study: "a_study", hash: "0123456789ab",
  date: "2026-11-25", sources: "s", licence: "l", view: "legs",
};
const TABLE: Table = {
  columns: [
    { key: "name", label: "Name" },
    { key: "hours", label: "Time", unit: "h" },
  ],
  rows: [
    { name: "=1+1", hours: -5.5, status: "observed" },
    { name: 'a "b", c', hours: null },
  ],
};

describe("downloads", () => {
  it("writes CSV with plain numbers, guarded texts and the four columns", () => {
    expect(csvText(TABLE).split("\r\n")).toEqual([
      "name,hours,low,high,status,source",
      "'=1+1,-5.5,,,observed,",
      '"a ""b"", c",,,,,',
      "",
    ]);
  });

  it("copies with tabs", () => {
    expect(tabText(TABLE).split("\n")[1]).toBe("'=1+1\t-5.5\t\t\tobserved\t");
  });

  it("names files", () => {
    expect(fileName(ABOUT, "csv")).toBe("oc_a-study_my-plan_legs_20261125_01234567.csv");
  });

  it("writes a workbook whose texts are no formulas", () => {
    const text = new TextDecoder().decode(xlsxBytes(TABLE, ABOUT));
    expect(text.startsWith("PK")).toBe(true);
    expect(text).toContain("<v>-5.5</v>");
    expect(text).toContain('<t xml:space="preserve">=1+1</t>');
    expect(text).not.toContain("<f>");
  });
});
