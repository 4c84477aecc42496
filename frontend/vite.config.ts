import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { tokens } from "./tools/tokens.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The map's library stands in a chunk of its own, so that only pages with a map load it. */
function chunk(id: string): string | undefined {
  if (id.includes("node_modules/maplibre-gl")) return "maplibre";
  return undefined;
}

export default defineConfig({
  plugins: [tokens(here("../src/opencorridor/documents/style.json")), svelte()],
  resolve: {
    alias: {
      "@": here("./src"),
      "@style": here("../src/opencorridor/documents/style.json"),
    },
    // Component tests run the browser's build of Svelte.
    conditions: process.env.VITEST ? ["browser"] : undefined,
  },
  worker: { format: "es" },
  build: {
    outDir: "../src/opencorridor/web/dist",
    emptyOutDir: true,
    target: "es2022",
    // The strict content policy knows no data: fonts or scripts: every asset is a file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1400,
    rolldownOptions: { output: { manualChunks: chunk } },
  },
  server: {
    fs: { allow: [here("."), here("../src/opencorridor/documents")] },
    proxy: { "/api": process.env.OPENCORRIDOR_API ?? "http://127.0.0.1:8000" },
  },
  preview: { proxy: { "/api": process.env.OPENCORRIDOR_API ?? "http://127.0.0.1:8000" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
