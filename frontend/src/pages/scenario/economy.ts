/** In words: which economy numbers of a scenario are of. */
import { study } from "@/app/study.svelte";
import { fmt, t } from "@/i18n";

/** Sentence on the economy of a scenario's year; null is the economy of the baseline. */
export function economyOf(year: number | null): string {
  if (year === null) return t("year.of_base", { year: fmt().year(study.info?.baseline_year) });
  return t("year.of_year", { year: fmt().year(year) });
}
