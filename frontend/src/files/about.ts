/** What every download says of itself. */
import { study } from "@/app/study.svelte";
import type { About } from "./table";

interface Own {
  title: string;
  unit: string;
  view: string;
  sources?: string;
  scenario?: string;
  hash?: string;
  notes?: [string, string][];
}

/** About text of a figure; the run's hash where the figure shows a run, else the study's. */
export function aboutOf(own: Own): About {
  const info = study.info;
  return {
    title: own.title,
    unit: own.unit,
    view: own.view,
    scenario: own.scenario ?? "baseline",
    study: info?.study_id ?? "",
    hash: own.hash ?? study.result?.result_id ?? info?.study_hash ?? "",
    date: new Date().toISOString().slice(0, 10),
    sources: own.sources ?? "",
    licence: info?.licence ?? "",
    notes: own.notes,
  };
}
