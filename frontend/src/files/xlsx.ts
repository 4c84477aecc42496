/** Workbook with an "About" sheet and the table; texts are texts, never formulas. */
import { exportRows, type About, type Cell, type Table } from "./table";
import { zip } from "./zip";

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACK = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

function escape(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return "<c/>";
  if (typeof value === "boolean") return `<c t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === "number") return Number.isFinite(value) ? `<c><v>${value}</v></c>` : "<c/>";
  return `<c t="inlineStr"><is><t xml:space="preserve">${escape(value)}</t></is></c>`;
}

function sheet(rows: Cell[][]): string {
  const body = rows.map((row) => `<row>${row.map(cell).join("")}</row>`).join("");
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${body}</sheetData></worksheet>`;
}

const RELS = `${HEAD}<Relationships xmlns="${PACK}/relationships"><Relationship Id="r1" Type="${DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;
const BOOK = `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${DOC}"><sheets><sheet name="About" sheetId="1" r:id="r1"/><sheet name="Data" sheetId="2" r:id="r2"/></sheets></workbook>`;
const BOOK_RELS = `${HEAD}<Relationships xmlns="${PACK}/relationships"><Relationship Id="r1" Type="${DOC}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${DOC}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`;
const TYPES = `${HEAD}<Types xmlns="${PACK}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`;

function aboutRows(about: About, table: Table): Cell[][] {
  const columns = table.columns.map((column) => [
    column.key,
    column.unit ? `${column.label} (${column.unit})` : column.label,
  ]);
  return [
    ["Title", about.title],
    ["Unit", about.unit],
    ["Study", about.study],
    ["Scenario", about.scenario],
    ["Run", about.hash],
    ["Date", about.date],
    ["Sources", about.sources],
    ["Licence", about.licence],
    ...(about.notes ?? []),
    [],
    ["Column", "Meaning"],
    ...columns,
  ];
}

/** Bytes of a workbook. */
export function xlsxBytes(table: Table, about: About): Uint8Array<ArrayBuffer> {
  const { header, rows } = exportRows(table);
  const parts: [string, string][] = [
    ["[Content_Types].xml", TYPES],
    ["_rels/.rels", RELS],
    ["xl/workbook.xml", BOOK],
    ["xl/_rels/workbook.xml.rels", BOOK_RELS],
    ["xl/worksheets/sheet1.xml", sheet(aboutRows(about, table))],
    ["xl/worksheets/sheet2.xml", sheet([header, ...rows])],
  ];
  const encoder = new TextEncoder();
  return zip(parts.map(([name, text]) => ({ name, bytes: encoder.encode(text) })));
}
