/** The one place where numbers, units and dates become text. */
import { stripMarks } from "./digits";
import { UNITS, type UnitWords } from "./units";

export type Lang = "en" | "fa";
type Maybe = number | null | undefined;

const NUMBER_LOCALE: Record<Lang, string> = { en: "en-GB-u-nu-latn", fa: "fa-IR-u-nu-arabext" };
const MINUS = "\u2212";

/** Digits after the point so that a number shows `significant` digits, none of them invented. */
function digitsFor(value: number, significant: number): number {
  if (value === 0) return 0;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return Math.min(6, Math.max(0, significant - 1 - magnitude));
}

function isNumber(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Formatter of one language. Every method answers text; a missing value is said in words. */
export class Formatter {
  readonly words: UnitWords;

  constructor(readonly lang: Lang) {
    this.words = UNITS[lang];
  }

  /** Number with fixed digits after the point; minus as U+2212 in Latin script. */
  number(value: Maybe, digits = 0): string {
    if (!isNumber(value)) return this.words.noData;
    const text = new Intl.NumberFormat(NUMBER_LOCALE[this.lang], {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(Object.is(value, -0) ? 0 : value);
    return stripMarks(text).replace(/^-/, MINUS);
  }

  /** Number with `significant` digits, and no zeros that say nothing. */
  significant(value: Maybe, significant = 3): string {
    if (!isNumber(value)) return this.words.noData;
    const scale = value === 0 ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - significant + 1);
    const rounded = scale > 1 ? Math.round(value / scale) * scale : value;
    return this.number(rounded, digitsFor(rounded, significant));
  }

  /** Number with three digits that count, millions and billions in words. */
  large(value: Maybe): string {
    if (!isNumber(value)) return this.words.noData;
    const [scale, word] = this.scaleOf(value);
    return scale === 1 ? this.significant(value) : `${this.significant(value / scale)} ${word}`;
  }

  /** Any number of a table cell: as it stands, grouped, at most six digits after the point. */
  cell(value: Maybe): string {
    if (!isNumber(value)) return "";
    const text = new Intl.NumberFormat(NUMBER_LOCALE[this.lang], { maximumFractionDigits: 6 });
    return stripMarks(text.format(value)).replace(/^-/, MINUS);
  }

  private scaleOf(value: number): [number, string] {
    const size = Math.abs(value);
    if (size >= 999.5e6) return [1e9, this.words.billion];
    if (size >= 999.5e3) return [1e6, this.words.million];
    return [1, ""];
  }

  /** Large US$: "$340 million", "$3.0 billion". */
  usd(value: Maybe): string {
    if (!isNumber(value)) return this.words.noData;
    const [scale, word] = this.scaleOf(value);
    const size = Math.abs(value) / scale;
    const digits = scale === 1e9 ? (size < 10 ? 2 : 1) : scale === 1e6 && size < 10 ? 1 : 0;
    const shown = this.number(size, scale === 1e9 && Number.isInteger(size * 10) ? 1 : digits);
    const sign = value < 0 ? MINUS : "";
    return this.words.money(`${sign}`, shown, word);
  }

  /** US$ of an axis: "$3 bn", "$340 m". */
  usdAxis(value: number): string {
    const size = Math.abs(value);
    if (size === 0) return this.words.money("", this.number(0), "");
    const [scale, word] =
      size >= 1e9 ? [1e9, this.words.bn] : size >= 1e6 ? [1e6, this.words.m] : [1, ""];
    const shown = this.number(size / scale, Number.isInteger(size / scale) ? 0 : 1);
    return this.words.money(value < 0 ? MINUS : "", shown, word);
  }

  /** US$ of a unit: $1,850; $42.5; $4.25. */
  usdPer(value: Maybe, unit = ""): string {
    if (!isNumber(value)) return this.words.noData;
    const size = Math.abs(value);
    const shown = this.number(size, size >= 100 ? 0 : size >= 10 ? 1 : 2);
    const money = this.words.money(value < 0 ? MINUS : "", shown, "");
    return unit ? this.words.per(money, unit) : money;
  }

  /** Hours: up to 72 h as hours, above as days with the hours in brackets. */
  hours(value: Maybe): string {
    if (!isNumber(value)) return this.words.noData;
    if (Math.abs(value) < 1 / 120) return this.words.hours(this.number(0));
    if (Math.abs(value) < 3) return this.words.minutes(this.number(value * 60));
    if (Math.abs(value) <= 72) return this.words.hours(this.number(value));
    return this.words.days(this.number(value / 24, 1), this.number(value));
  }

  /** Weight: t below a million, Mt from there, with as many digits as count. */
  tonnes(value: Maybe): string {
    if (!isNumber(value)) return this.words.noData;
    const size = Math.abs(value) / 1e6;
    if (size >= 0.9995) {
      const digits = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
      return this.words.megatonnes(this.number(value / 1e6, digits));
    }
    return this.words.tonnes(Math.abs(value) < 100 ? this.significant(value, 2) : this.significant(value));
  }

  /** Tonnes a year. */
  tonnesPerYear(value: Maybe): string {
    return isNumber(value) ? this.words.perYear(this.tonnes(value)) : this.words.noData;
  }

  /** Distance in km. */
  km(value: Maybe): string {
    return isNumber(value) ? this.words.km(this.number(value)) : this.words.noData;
  }

  /** Speed in km/h. */
  speed(value: Maybe): string {
    return isNumber(value) ? this.words.speed(this.number(value)) : this.words.noData;
  }

  /** Greenhouse gas from kilograms: kg below a tonne, t from there. */
  co2(kg: Maybe): string {
    if (!isNumber(kg)) return this.words.noData;
    if (Math.abs(kg) < 1000) return this.words.co2Kg(this.significant(kg, 2));
    return this.words.co2T(this.number(kg / 1000, kg < 100_000 ? 1 : 0));
  }

  /** Share 0–1 as per cent. */
  share(value: Maybe, digits = 1): string {
    return isNumber(value) ? this.words.percent(this.number(value * 100, digits)) : this.words.noData;
  }

  /** Signed number of a change. */
  signed(value: Maybe, show: (size: number) => string): string {
    if (!isNumber(value)) return this.words.noData;
    const text = show(Math.abs(value));
    return value === 0 ? text : (value > 0 ? "+" : MINUS) + text;
  }

  /** Difference of two shares in percentage points. */
  points(value: Maybe): string {
    if (!isNumber(value)) return this.words.noData;
    const size = this.number(Math.abs(value) * 100, Number.isInteger(value * 100) ? 0 : 1);
    return this.words.points((value > 0 ? "+" : value < 0 ? MINUS : "") + size);
  }

  /** Value with its band, the same unit and digits on all three: "$1.9 billion (1.4–2.6)". */
  usdBand(value: Maybe, low: Maybe, high: Maybe): string {
    if (!isNumber(value) || !isNumber(low) || !isNumber(high)) return this.usd(value);
    const [scale, word] = this.scaleOf(value);
    const digits = scale === 1e9 ? 2 : 0;
    const [a, b] = [low, high].map((x) => this.number(x / scale, digits));
    const shown = this.number(Math.abs(value) / scale, digits);
    const head = this.words.money(value < 0 ? MINUS : "", shown, word);
    return `${head} (${a}\u2013${b})`;
  }

  /** Low–high of an amount, in the unit of the amount itself: "$817–1,237 million". */
  usdRange(low: Maybe, high: Maybe, value: Maybe): string {
    if (!isNumber(low) || !isNumber(high) || !isNumber(value)) return this.words.noData;
    const [scale, word] = this.scaleOf(value);
    const [a, b] = [low, high].map((x) => this.number(x / scale, scale === 1e9 ? 2 : 0));
    return this.words.money("", `${a}\u2013${b}`, word);
  }

  /** Low–high with one form for both. */
  band(low: Maybe, high: Maybe, show: (value: number) => string): string {
    return isNumber(low) && isNumber(high) ? `${show(low)}\u2013${show(high)}` : this.words.noData;
  }

  /** Year without grouping. */
  year(value: Maybe): string {
    if (!isNumber(value)) return this.words.noData;
    const options = { useGrouping: false, maximumFractionDigits: 0 };
    return new Intl.NumberFormat(NUMBER_LOCALE[this.lang], options).format(value);
  }

  /** ISO day as words; the Persian page shows the Solar Hijri day first. */
  date(iso: string | null | undefined): string {
    const day = readDay(iso);
    if (!day) return this.words.noData;
    if (this.lang === "fa") return `${solarDay(day)} (${gregorianDay(day, "fa-IR-u-ca-gregory")})`;
    return gregorianDay(day, "en-GB");
  }

  /** Local time of an ISO moment with its offset: "Thu 26 Mar 13:25"; the offset is left out. */
  moment(iso: string | null | undefined): string {
    const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})/.exec(iso ?? "");
    const day = match && readDay(match[1]);
    if (!match || !day) return this.words.noData;
    const locale = this.lang === "fa" ? "fa-IR-u-ca-persian-nu-arabext" : "en-GB";
    const named = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" } as const;
    const parts = new Intl.DateTimeFormat(locale, named).formatToParts(day);
    const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
    const two = (text: string) => [...text].map((digit) => this.number(Number(digit))).join("");
    const words = [part("weekday"), part("day"), part("month").replace("Sept", "Sep")];
    return stripMarks(`${words.join(" ")} ${two(match[2]!)}:${two(match[3]!)}`);
  }

  /** Month of an ISO day: "Nov 2026". */
  month(iso: string | null | undefined): string {
    const day = readDay(iso);
    if (!day) return this.words.noData;
    const locale = this.lang === "fa" ? "fa-IR-u-ca-gregory" : "en-GB";
    return new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" })
      .format(day)
      .replace("Sept", "Sep");
  }

  /** Seconds of a job: "0:07", "1:05". */
  clock(seconds: Maybe): string {
    if (!isNumber(seconds)) return this.words.noData;
    const whole = Math.max(0, Math.round(seconds));
    const pad = whole % 60 < 10 ? this.number(0) : "";
    return `${this.number(Math.floor(whole / 60))}:${pad}${this.number(whole % 60)}`;
  }
}

function readDay(iso: string | null | undefined): Date | null {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?/.exec(iso ?? "");
  if (!match) return null;
  return new Date(Date.UTC(Number(match[1]), Number(match[2] ?? 1) - 1, Number(match[3] ?? 1)));
}

const DAY = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;

/** Solar Hijri day without the era word that some engines add. */
function solarDay(day: Date): string {
  const parts = new Intl.DateTimeFormat("fa-IR-u-ca-persian-nu-arabext", DAY).formatToParts(day);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return `${part("day")} ${part("month")} ${part("year")}`;
}

function gregorianDay(day: Date, locale: string): string {
  return stripMarks(new Intl.DateTimeFormat(locale, DAY).format(day));
}
