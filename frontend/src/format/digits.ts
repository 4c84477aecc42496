/** Digits of the scripts that the workbench reads and writes. */
const ZEROS = [0x06f0, 0x0660];

/** Replace Persian and Arabic digits by Latin ones. */
export function latinDigits(text: string): string {
  return text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => {
    const code = digit.charCodeAt(0);
    const zero = ZEROS.find((start) => code >= start && code <= start + 9) ?? code;
    return String(code - zero);
  });
}

/** Remove marks of direction, which Persian numbers carry and no file or field wants. */
export function stripMarks(text: string): string {
  return text.replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, "");
}

const SPACES = /[\s\u00a0\u202f_']/g;
const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Take "1,234.5", "1.234,5", "1 234,5": a mark that occurs once with 1–2 digits is decimal. */
function decimalPoint(text: string): string {
  const comma = text.lastIndexOf(",");
  const point = text.lastIndexOf(".");
  if (comma >= 0 && point >= 0) {
    const group = comma > point ? "." : ",";
    return text.replaceAll(group, "").replace(",", ".");
  }
  if (comma < 0) return (text.match(/\./g)?.length ?? 0) > 1 ? text.replaceAll(".", "") : text;
  const grouped = /^[+-]?\d{1,3}(,\d{3})+$/.test(text) && !/^[+-]?0,/.test(text);
  return grouped ? text.replaceAll(",", "") : text.replace(",", ".");
}

/**
 * Read a number as people type it: Latin, Persian or Arabic digits; point, comma or ٫ as decimal
 * mark; spaces, commas or ٬ between thousands. Null for text that is no number.
 */
export function parseNumber(text: string): number | null {
  const latin = latinDigits(stripMarks(text)).replace(SPACES, "").replace(/\u2212/g, "-");
  const marked = latin.replace(/\u066c/g, "");
  const plain = marked.includes("\u066b")
    ? marked.replaceAll(",", "").replace("\u066b", ".")
    : decimalPoint(marked);
  if (!PLAIN.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}
