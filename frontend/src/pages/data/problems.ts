/** Problems of the study as a table, and the way to the cell of each. */
import type { Schemas } from "@/api/client";
import type { Row, Table } from "@/files/table";
import { fmt, t, type Key } from "@/i18n";

export type StudyProblem = Schemas["StudyProblem"];

const KEYS = ["place", "severity", "message", "value", "expected", "mend", "file", "code"] as const;

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Where a problem stands, as a spreadsheet counts it: table, row of the file, column. */
export function placeOf(problem: StudyProblem): string {
  if (!problem.table) return t("problems.whole");
  const row = problem.row === null ? "" : t("problems.row", { row: fmt().number(problem.row) });
  return [problem.table, row, problem.column].filter(Boolean).join(" · ");
}

/** Address of the cell: the row as the whole table counts it. */
export function cellOf(problem: StudyProblem): Record<string, string | null> {
  return {
    show: null,
    table: problem.table || null,
    row: problem.index === null ? null : String(problem.index),
    column: problem.index !== null && problem.column ? problem.column : null,
  };
}

/** Table of problems; a download also holds table, row and column apart. */
export function problemTable(problems: StudyProblem[]): Table {
  const blank = (value: unknown) => String(value ?? "");
  return {
    columns: KEYS.map((key) => ({
      key,
      label: t(`problems.${key}` as Key),
      show: key === "severity" ? (value) => t(`problems.${String(value)}` as Key) : blank,
    })),
    rows: problems.map(
      (problem): Row => ({
        place: placeOf(problem),
        severity: problem.severity,
        message: sentence(problem.message),
        value: problem.value,
        expected: problem.expected,
        mend: sentence(problem.mend),
        file: problem.file,
        code: problem.code,
      }),
    ),
  };
}
