import { describe, expect, it } from "vitest";
import { cellOf, placeOf, problemTable, type StudyProblem } from "./problems";

const problem = (over: Partial<StudyProblem> = {}): StudyProblem => ({
  code: "below_zero", message: "is below 0", file: "link/road.csv", table: "link", row: 3, column: "length_km",
  value: "-3", expected: "a length", mend: "enter km", severity: "error", index: 12, ...over,
});

describe("problems of the study", () => {
  it("stand at a place as a spreadsheet counts it", () => {
    expect(placeOf(problem())).toBe("link · row 3 · length_km");
    expect(placeOf(problem({ row: null, column: "" }))).toBe("link");
    expect(placeOf(problem({ table: "" }))).toBe("whole study");
  });
  it("lead to the row of the whole table, not to that of the file", () => {
    expect(cellOf(problem())).toEqual({ show: null, table: "link", row: "12", column: "length_km" });
    expect(cellOf(problem({ index: null }))).toMatchObject({ table: "link", row: null, column: null });
  });
  it("keep every word in the table that is downloaded", () => {
    const { columns, rows } = problemTable([problem()]);
    expect(rows[0]).toMatchObject({ value: "-3", expected: "a length", mend: "Enter km", code: "below_zero" });
    expect(columns.map((column) => column.key)).toContain("file");
    expect(columns[1]!.show!("notice", rows[0]!)).toBe("△\u00a0notice");
  });
});
