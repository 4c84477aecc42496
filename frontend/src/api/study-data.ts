/** What pages read of the study and its last run; kept while `version` is the same. */
import { api, need, type Schemas } from "./client";
import { keptAnswer } from "./kept";
import { records } from "./results";
import type { Row } from "@/files/table";

const MOST_ROWS = 1000;

export const promisesOf = (version: string): Promise<Schemas["Promises"]> =>
  keptAnswer("promises", version, () => need(api.GET("/api/v1/promises")));

export const measuresOf = (version: string): Promise<Schemas["Measures"]> =>
  keptAnswer("measures", version, () => need(api.GET("/api/v1/measures")));

export const tablesOf = (version: string): Promise<Schemas["Tables"]> =>
  keptAnswer("tables", version, () => need(api.GET("/api/v1/tables")));

export const problemsOf = (version: string): Promise<Schemas["StudyProblems"]> =>
  keptAnswer("problems", version, () => need(api.GET("/api/v1/study/problems")));

export const sourcesOf = (version: string): Promise<Schemas["SourceItem"][]> =>
  keptAnswer("sources", version, () => need(api.GET("/api/v1/sources")));

/** Sources of the study by id. */
export async function sourcesById(version: string): Promise<Map<string, Schemas["SourceItem"]>> {
  return new Map((await sourcesOf(version)).map((source) => [source.source_id, source]));
}

/** A layer of the map as the server sends it. */
export const layerOf = (layer: "base" | "flows", version: string): Promise<unknown> =>
  keptAnswer(`layer ${layer}`, version, () =>
    need(api.GET("/api/v1/map/{layer}", { params: { path: { layer } } })),
  );

/** All rows of a small table of the study. */
export const rowsOf = (name: string, version: string): Promise<Row[]> =>
  keptAnswer(`rows ${name}`, version, async () => {
    const params = { path: { name }, query: { limit: MOST_ROWS } };
    return records(await need(api.GET("/api/v1/tables/{name}", { params })));
  });
