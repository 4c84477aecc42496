import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const NAME = "virtual:tokens.css";

/** One custom property per colour of the style file: `modes.rail.colour` is `--modes-rail`. */
export function properties(value: unknown, path: string[] = []): string[] {
  if (typeof value === "string" && /^#[0-9A-Fa-f]{6}$/.test(value)) {
    const parts = path.filter((part) => part !== "colour").map((part) => part.replace("_", "-"));
    return [`--${parts.join("-")}: ${value};`];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) => properties(item, [...path, key]));
}

/** Make the palette of the report the palette of the workbench: one file, two users. */
export function tokens(file: string): Plugin {
  return {
    name: "opencorridor-tokens",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      this.addWatchFile(file);
      const lines = properties(JSON.parse(readFileSync(file, "utf-8")));
      return `:root {\n  ${lines.join("\n  ")}\n}\n`;
    },
  };
}
