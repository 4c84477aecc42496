/** What the download menu of a figure holds: its table as files, its drawing as pictures (R15). */
import { live } from "@/app/live.svelte";
import { copyText } from "@/app/link";
import { csvText, tabText } from "@/files/csv";
import { pngOfSvg, save } from "@/files/save";
import { fileName, type About, type Table } from "@/files/table";
import { xlsxBytes } from "@/files/xlsx";
import { t } from "@/i18n";
import type { Drawing } from "./shapes";

export interface Item {
  label: string;
  act: () => void;
}

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** The table as CSV and as a workbook; what they say about themselves is asked for on a click. */
export function fileItems(table: Table, about: () => About): Item[] {
  const named = (ending: string) => fileName(about(), ending);
  return [
    { label: "CSV", act: () => save(csvText(table), named("csv"), "text/csv;charset=utf-8") },
    { label: "XLSX", act: () => save(xlsxBytes(table, about()), named("xlsx"), XLSX) },
  ];
}

async function savePng(drawing: Drawing, about: About): Promise<void> {
  const { text, width, height } = drawing.svg();
  try {
    save(await pngOfSvg(text, width, height), fileName(about, "png"), "image/png");
  } catch {
    live.say(t("figure.no_picture"));
  }
}

/** The drawing as a picture of points and of lines. */
export function pictureItems(drawing: Drawing, about: () => About): Item[] {
  const saveSvg = () => save(drawing.svg().text, fileName(about(), "svg"), "image/svg+xml");
  return [
    { label: "PNG", act: () => void savePng(drawing, about()) },
    { label: "SVG", act: saveSvg },
  ];
}

/** The table for the clipboard, as spreadsheets take it. */
export function copyItem(table: Table): Item {
  const copy = async () =>
    live.say((await copyText(tabText(table))) ? t("figure.copied") : t("figure.not_copied"));
  return { label: t("figure.copy"), act: () => void copy() };
}
