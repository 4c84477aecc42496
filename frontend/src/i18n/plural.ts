/** Small part of ICU messages: `{name}` and `{n, plural, one {…} other {…}}` with `#`. */
export type Values = Record<string, string | number>;

const PLURAL = /\{(\w+), plural,((?:\s*\w+ \{[^{}]*\})+)\s*\}/g;
const BRANCH = /(\w+) \{([^{}]*)\}/g;

function branchOf(branches: string, value: number, lang: string): string {
  const rule = new Intl.PluralRules(lang).select(value);
  const texts = new Map([...branches.matchAll(BRANCH)].map((m) => [m[1]!, m[2]!]));
  return texts.get(rule) ?? texts.get("other") ?? "";
}

/** Choose the branches of a message's plurals; `#` becomes the name of its number. */
export function choose(message: string, values: Values, lang: string): string {
  return message.replace(PLURAL, (_, name: string, branches: string) =>
    branchOf(branches, Number(values[name] ?? 0), lang).replaceAll("#", `{${name}}`),
  );
}

/** Fill a message; numbers are written by `show`. */
export function fill(
  message: string,
  values: Values,
  lang: string,
  show: (value: number) => string,
): string {
  const text = (value: string | number) => (typeof value === "number" ? show(value) : value);
  return choose(message, values, lang).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : text(value);
  });
}
