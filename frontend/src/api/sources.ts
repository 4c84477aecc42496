/** Sources of the study by id, read once. */
import { api, need, type Schemas } from "./client";

let asked: Promise<Map<string, Schemas["SourceItem"]>> | null = null;

/** Sources by id; a failed read is tried again the next time. */
export function sourcesById(): Promise<Map<string, Schemas["SourceItem"]>> {
  asked ??= need(api.GET("/api/v1/sources")).then(
    (list) => new Map(list.map((source) => [source.source_id, source])),
    (error) => {
      asked = null;
      throw error;
    },
  );
  return asked;
}
