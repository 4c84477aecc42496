/** The corridors of the question in hand: asked anew when it changes, the old ones stay till then. */
import { api, need, type Schemas } from "@/api/client";
import { Latest } from "@/api/latest.svelte";
import type { Ask } from "../form";

const PAUSE_MS = 250;

export const comparisons = () =>
  new Latest<Ask, Schemas["Corridors"]>(
    (body, signal) => need(api.POST("/api/v1/corridors", { body, signal })),
    PAUSE_MS,
  );

export const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Corridors as a workbook with charts. */
export async function corridorWorkbook(body: Ask): Promise<Blob> {
  const answer = await need(api.POST("/api/v1/corridors/workbook", { body, parseAs: "blob" }));
  return answer as unknown as Blob;
}
