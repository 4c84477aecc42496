/** Shapes of a drawing, for the page and for an SVG file: one list makes both. */
import style from "@style";

export interface Shape {
  tag: "path" | "circle" | "rect" | "text";
  attributes: Record<string, string | number>;
  text?: string;
}

/** A drawing that is on the page, for pictures. */
export interface Drawing {
  svg: () => { text: string; width: number; height: number };
}

export interface TextLook {
  size?: number;
  colour?: string;
  anchor?: "start" | "middle" | "end";
  /** Where `y` is: at the first line's top, at the middle, or at the last line's foot. */
  hold?: "top" | "middle" | "foot";
  width?: number;
  /** A white edge keeps the words apart from what they lie on. */
  halo?: boolean;
}

export const FONT = "Noto Sans Variable, Vazirmatn Variable, sans-serif";
export const SIZE = 12;
/** Width of a letter in parts of the font size, a little more than the average of Noto Sans. */
const LETTER = 0.57;
const LINE = 1.18;

/** Width of a text in pixels, near enough to break lines by. */
export const widthOf = (text: string, size = SIZE): number => text.length * size * LETTER;

/** Lines of a text that fit a width; a word is never broken. */
export function lines(text: string, width: number, size = SIZE): string[] {
  const found: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${found.at(-1) ?? ""} ${word}`;
    if (found.length > 0 && widthOf(longer.trim(), size) <= width) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

/** Height of a text of several lines. */
export const heightOf = (count: number, size = SIZE): number => count * size * LINE;

/** A text of one or more lines. */
export function textShapes(text: string, x: number, y: number, look: TextLook = {}): Shape[] {
  const { size = SIZE, colour = style.text.main, anchor = "start", hold = "middle", width, halo = false } = look;
  const rows = width ? lines(text, width, size) : [text];
  const height = heightOf(rows.length, size);
  const top = hold === "top" ? y : hold === "middle" ? y - height / 2 : y - height;
  return rows.map((row, i) => ({
    tag: "text",
    // A text keeps its own direction: a Persian label stands in a chart that runs left to right.
    attributes: {
      x: round(x), y: round(top + (i + 0.8) * size * LINE), "font-size": size,
      fill: colour, "text-anchor": anchor, "unicode-bidi": "plaintext",
      ...(halo && { stroke: "#ffffff", "stroke-width": 3, "stroke-opacity": 0.8, "paint-order": "stroke" }),
    },
    text: row,
  })); // prettier-ignore
}

export function round(pixel: number): number {
  return Math.round(pixel * 10) / 10;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);

/** SVG file of shapes. */
export function svgText(shapes: Shape[], width: number, height: number): string {
  const inner = shapes.map(({ tag, attributes, text = "" }) => {
    const said = Object.entries(attributes).map(([key, value]) => `${key}="${escape(String(value))}"`);
    return `<${tag} ${said.join(" ")}>${escape(text)}</${tag}>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${FONT}">\n${inner.join("\n")}\n</svg>\n`
  );
}
