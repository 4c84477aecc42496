/** A route by the clock as a table: when each leg starts, what it waits for, when it ends. */
import type { Schemas } from "@/api/client";
import type { Row, Table } from "@/files/table";
import { fmt, t, word } from "@/i18n";
import { placeColumn, type Route } from "./legs";
import { routeFact } from "./route-number";
import { localText } from "./local-names.svelte";

type Schedule = Schemas["Schedule"];
type Wait = Schemas["Wait"];

/** Offset that all times of a schedule are written in. */
export const offsetOf = (schedule: Schedule): string => /([+-]\d{2}:\d{2}|Z)$/.exec(schedule.departs)?.[0] ?? "";

/** One wait in words: "11 h, rest"; a place that opens, or a departure, names its time. */
function waitText(wait: Wait): string {
  const kind = word("wait", wait.kind);
  const dated = wait.kind === "opening" || wait.kind === "departure";
  const until = dated ? t("wait.until", { kind, place: localText(wait.place), time: fmt().moment(wait.until), offset: offsetIn(wait.until) }) : kind;
  const why = wait.reason ? t("wait.after", { text: until, reason: wait.reason }) : until;
  return t("wait.one", { time: fmt().hours(wait.hours), text: wait.assumed ? t("wait.mean", { text: why }) : why });
}

const offsetIn = (iso: string) => `UTC${/([+-]\d{2}:\d{2})$/.exec(iso)?.[0] ?? ""}`;

/** Waits of a leg; several breaks or rests are counted. */
export function waitsText(waits: Wait[]): string {
  const kinds = [...new Set(waits.map((wait) => wait.kind))];
  const told = kinds.map((kind) => {
    const own = waits.filter((wait) => wait.kind === kind);
    if (own.length === 1) return waitText(own[0]!);
    const hours = own.reduce((sum, wait) => sum + wait.hours, 0);
    return t("wait.many", { n: fmt().number(own.length), kind: word("wait", kind), time: fmt().hours(hours) });
  });
  return told.join(t("why.semicolon"));
}

/** One row per leg. */
export function scheduleTable(schedule: Schedule, route: Route): Table {
  const source = (fact: "schedule_h" | "schedule_waited_h") => (row: Row) => routeFact(route, fact, Number(row.leg));
  const time = (value: unknown) => fmt().moment(value as string);
  return {
    columns: [
      placeColumn("to", t("routes.leg.to")),
      { key: "mode", label: t("routes.leg.mode"), show: (v) => word("mode", String(v)) },
      { key: "starts", label: t("schedule.starts"), show: time },
      { key: "waits", label: t("schedule.waits"), show: (v) => (v ? String(v) : t("routes.leg.none")) },
      { key: "waited_h", label: t("schedule.waited"), unit: "h", kind: "number", show: (v) => fmt().number(v as number, 1), source: source("schedule_waited_h") },
      { key: "ends", label: t("schedule.ends"), show: time },
      { key: "hours", label: t("routes.leg.time"), unit: "h", kind: "number", show: (v) => fmt().number(v as number, 1), source: source("schedule_h") },
    ],
    rows: schedule.legs.map((leg, at) => ({
      leg: at,
      to: leg.to,
      mode: leg.mode,
      starts: leg.starts,
      waits: waitsText(leg.waits),
      waited_h: leg.waits.reduce((sum, wait) => sum + wait.hours, 0),
      ends: leg.ends,
      hours: leg.hours,
    })),
  };
}
