/** Split a message at its names, so that a sentence can hold numbers that open their source. */
export type Piece = { text: string; name: null } | { text: ""; name: string };

/** `"In {year} it was {usd}."` → text, name, text, name, text. */
export function pieces(message: string): Piece[] {
  return message
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      return name ? { text: "" as const, name } : { text: part, name: null };
    });
}
