/** Which number is asked about: a cell of a table of the study or a result, or a summary key. */
export interface CellRef {
  table: string;
  row: number;
  column: string;
  result_id?: string;
}

export interface SummaryRef {
  result_id: string;
  summary: string;
}

export type NumberRef = CellRef | SummaryRef;
