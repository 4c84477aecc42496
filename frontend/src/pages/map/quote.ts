/** A quotation as a table and as lines of facts, the same on screen, on paper and in files. */
import type { Schemas } from "@/api/client";
import type { Row, Table } from "@/files/table";
import { fmt, language, t, word, type Key } from "@/i18n";
import type { Said } from "@/lib/finding";
import { nameIn } from "@/map/names";
import { countryName } from "./places";
import { routeNumber, type RouteColumn } from "./route-number";
import { legMode, type Route } from "./legs";
import { localText } from "./local-names.svelte";

export type Quotation = Schemas["Quotation"];
type Line = Schemas["QuoteLine"];

const SUMS = ["distance_km", "moving_h", "dwell_h", "cost_usd_per_t", "cost_usd_per_unit", "cost_usd", "co2_kg"] as const;

function lineRow(line: Line): Row {
  const own = Object.fromEntries(SUMS.map((key) => [key, line[key]]));
  const place = line.place ?? (line.from === line.to ? line.from : `${line.from} – ${line.to}`);
  return { leg: line.leg, mode: legMode(line), place, ...own, tariffs: line.tariffs.join("; "), status: line.status };
}

/** The least sure of statuses, as the server takes it. */
const weakest = (all: string[]) => ["assumed", "derived", "observed"].find((one) => all.includes(one)) ?? "derived";

/** Sum, insurance, and both together: rows under the legs. */
function sumRows(quote: Quotation): Row[] {
  const total: Row = { leg: null, mode: "total", place: "", ...Object.fromEntries(SUMS.map((key) => [key, quote.total[key]])), status: quote.total.status };
  const per = quote.insurance_usd_per_t;
  if (per === null || quote.insurance_usd === null) return [total];
  const paid = { cost_usd_per_t: per, cost_usd_per_unit: per * quote.t_per_unit, cost_usd: quote.insurance_usd, status: quote.insurance_status };
  const both = {
    cost_usd_per_t: quote.total.cost_usd_per_t + paid.cost_usd_per_t,
    cost_usd_per_unit: quote.total.cost_usd_per_unit + paid.cost_usd_per_unit,
    cost_usd: quote.total_usd,
    status: weakest([quote.total.status, quote.insurance_status ?? ""]),
  };
  return [total, { leg: null, mode: "insurance", place: "", ...paid }, { leg: null, mode: "total_insured", place: "", ...both }];
}

/** One row per leg, then the sums. */
export function quoteTable(quote: Quotation, route: Route): Table {
  const source = (column: RouteColumn) => (row: Row) => {
    if (row.mode === "insurance" || row.mode === "total_insured") return null;
    return routeNumber(route, column, row.leg === null ? null : Number(row.leg) - 1);
  };
  const number = (key: RouteColumn, name: Key, unit: string, digits: number) => ({
    key, label: t(name), unit, kind: "number" as const, source: source(key),
    show: (value: unknown) => (typeof value === "number" ? fmt().number(value, digits) : t("routes.leg.none")),
  }); // prettier-ignore
  const text = (value: unknown) => (value ? String(value) : t("routes.leg.none"));
  return {
    columns: [
      { key: "leg", label: t("quote.leg"), show: (v) => (typeof v === "number" ? fmt().number(v) : "") },
      { key: "mode", label: t("routes.leg.mode"), show: (v) => word("mode", String(v)) },
      { key: "place", label: t("quote.place"), show: text },
      number("distance_km", "routes.leg.distance", "km", 0),
      number("moving_h", "quote.moving", "h", 1),
      number("dwell_h", "quote.dwell", "h", 1),
      number("cost_usd_per_t", "routes.leg.cost_per_t", "US$/t", 2),
      ...(quote.unit === "t" ? [] : [number("cost_usd_per_unit", "quote.per_unit", `US$/${quote.unit}`, 2)]),
      number("cost_usd", "quote.shipment", "US$", 2),
      number("co2_kg", "routes.leg.co2", "kg CO2e", 1),
      { key: "tariffs", label: t("quote.tariffs"), show: text },
      { key: "status", label: t("quote.status"), kind: "status" },
    ],
    rows: [...quote.lines.map(lineRow), ...sumRows(quote)],
  };
}

const period = (from: string | null, to: string | null) => {
  const [start, end] = [from && fmt().date(from), to && fmt().date(to)];
  if (start && end) return t("quote.from_to", { start, end });
  return start ? t("quote.from_on", { start }) : end ? t("quote.up_to", { end }) : t("quote.no_end");
};

/** Facts beside the table: label and text. */
export function quoteFacts(quote: Quotation): [string, string][] {
  const units = quote.unit === "t" ? "" : t("quote.units", { n: fmt().cell(quote.units), unit: word("unit", quote.unit), t: fmt().tonnes(quote.t_per_unit) });
  const facts: [string, string | null][] = [
    [t("quote.cargo"), [`${fmt().tonnes(quote.tonnes)}, ${quote.commodity_name}`, units].filter(Boolean).join("; ")],
    [t("routes.date"), fmt().date(quote.date)],
    [t("quote.currency"), t("quote.currency_of", { currency: quote.currency, year: fmt().year(quote.price_year) })],
    [t("quote.validity"), quote.dated ? period(quote.valid_from, quote.valid_to) : t("quote.undated")],
    [t("quote.transit"), quote.p95_h === null ? t("routes.p95_none") : t("quote.p50_p95", { p50: fmt().hours(quote.p50_h), p95: fmt().hours(quote.p95_h) })],
    [t("quote.departs"), quote.departs && `${fmt().moment(quote.departs)} UTC${quote.departs.slice(-6)}`],
    [t("quote.arrives"), quote.arrives && `${fmt().moment(quote.arrives)} UTC${quote.arrives.slice(-6)}`],
    [t("quote.insurance"), quote.insurance_usd === null ? t("quote.not_insured") : fmt().usdPer(quote.insurance_usd)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** Hours that half and 19 of 20 keep to, for a sentence. */
export function transitTime(quote: Quotation, route: Route): Said {
  const told = (column: "p50_h" | "p95_h") => ({ text: fmt().hours(quote[column]), source: routeNumber(route, column) });
  return { p50: told("p50_h"), p95: told("p95_h") };
}

/** Units that the goods ride in: a sentence each, whose price opens its source. */
export function rideLines(quote: Quotation, route: Route): { key: Key; values: Said }[] {
  return quote.equipment.rides.map((ride) => {
    const usd = ride.return_usd_per_unit;
    const source = routeNumber(route, "return_usd_per_unit", (ride.legs[0] ?? 1) - 1);
    return {
      key: `quote.ride.${ride.owner}` as Key,
      values: {
        unit: word("unit", ride.unit),
        place: localText(ride.return_to),
        usd: usd === null ? t("quote.ride.unknown") : { text: fmt().usdPer(usd), source },
      },
    };
  });
}

const legsText = (at: number[]) => at.map((n) => fmt().number(n)).join(t("why.comma"));

/** Fleets of the study in whose units such goods ride. */
export const fleetLines = (quote: Quotation): string[] =>
  quote.equipment.fleets.map((one) => t("quote.fleet", { legs: legsText(one.legs), fleet: nameIn(one.names, language.current, one.fleet_id).text, owner: one.owner }));

/** The same lines as text alone, for files and paper. */
export function unitNotes(quote: Quotation, route: Route): [string, string][] {
  const plain = ({ key, values }: { key: Key; values: Said }) =>
    t(key, Object.fromEntries(Object.entries(values).map(([name, v]) => [name, typeof v === "string" ? v : v.text])));
  return [...rideLines(quote, route).map(plain), ...fleetLines(quote)].map((line) => [t("quote.equipment"), line]);
}

/** Documents: tariffs that price legs, and permits of the truck. */
export function quoteDocuments(quote: Quotation): [string, string][] {
  const name = (one: Quotation["documents"][number]) =>
    [word("document", one.kind), one.document_no, one.country && countryName(one.country)].filter(Boolean).join(" · ");
  const legs = (at: number[]) => (at.length > 0 ? t("quote.of_legs", { legs: at.map((n) => fmt().number(n)).join(t("why.comma")) }) : "");
  return quote.documents.map((one) => {
    const dated = one.kind === "tariff" ? period(one.valid_from, one.valid_to) : "";
    return [name(one), [one.text, dated, legs(one.legs)].filter(Boolean).join("; ")];
  });
}

/** Documents that the goods need, in order of use: name, and where, when and by whom. */
export function neededDocuments(quote: Quotation): [string, string][] {
  return quote.documents_needed.map((one) => {
    const country = one.country ? countryName(one.country) : "";
    const where = [country, one.at.join(", ")].filter(Boolean).join(": ");
    const need = [word("need", one.need), one.condition].filter(Boolean).join(": ");
    return [one.code ? `${one.name} (${one.code})` : one.name, [need, where, one.issuer].filter(Boolean).join("; ")];
  });
}

/** What the numbers rest on, a sentence each. */
export function quoteGrounds(quote: Quotation): string[] {
  const said = quote.assumptions.map(({ code, count, text }) => {
    if (code === "note") return text ?? "";
    const shown = code === "price_year" ? fmt().year(count) : fmt().number(count);
    return t(`quote.ground.${code}` as Key, { n: shown, text: code === "wagons" ? word("wagons", text ?? "") : (text ?? "") });
  });
  return [...said, t("quote.ground.draws", { n: fmt().number(quote.draws), seed: fmt().number(quote.seed) }), ...quote.rules];
}
