import { describe, expect, it } from "vitest";
import { latinDigits, parseNumber, stripMarks } from "./digits";
import { Formatter } from "./format";

const en = new Formatter("en");
const fa = new Formatter("fa");

describe("numbers in English", () => {
  it.each([
    [en.usd(340e6), "$340 million"],
    [en.usd(3e9), "$3.0 billion"],
    [en.usd(2_091_289_262), "$2.09 billion"],
    [en.usd(908_710_737), "$909 million"],
    [en.usd(-8.4e6), "\u2212$8.4 million"],
    [en.usd(1850), "$1,850"],
    [en.usdAxis(3e9), "$3 bn"],
    [en.usdAxis(5e8), "$500 m"],
    [en.usdAxis(0), "$0"],
    [en.usdPer(1850, "FEU"), "$1,850 per FEU"],
    [en.usdPer(42.04, "t"), "$42.0 per t"],
    [en.usdPer(4.2, "t"), "$4.20 per t"],
    [en.hours(42), "42 h"],
    [en.hours(276), "11.5 days (276 h)"],
    [en.hours(1.5), "90 min"],
    [en.tonnes(12_400), "12,400 t"],
    [en.tonnes(1_270_000), "1.27 Mt"],
    [en.tonnes(585_838.4), "586,000 t"],
    [en.tonnes(999_600), "1.00 Mt"],
    [en.tonnes(13_240_000), "13.2 Mt"],
    [en.tonnes(99_960_000), "100 Mt"],
    [en.tonnes(1_728_260_000), "1,728 Mt"],
    [en.large(28_600_000_000), "28.6 billion"],
    [en.large(-1_234_567), "\u22121.23 million"],
    [en.large(585_838.4), "586,000"],
    [en.km(1240.3), "1,240 km"],
    [en.speed(42.1), "42 km/h"],
    [en.co2(1800), "1.8 t CO2e"],
    [en.share(0.124), "12.4 %"],
    [en.points(0.05), "+5 percentage points"],
    [en.points(-0.031), "\u22123.1 percentage points"],
    [en.usdBand(1.9e9, 1.4e9, 2.6e9), "$1.90 billion (1.40\u20132.60)"],
    [en.usdRange(817e6, 1.237e9, 909e6), "$817\u20131,237 million"],
    [en.hours(1e-19), "0 h"],
    [en.signed(-5, (n) => en.number(n)), "\u22125"],
    [en.signed(5, (n) => en.number(n)), "+5"],
    [en.number(null), "no data"],
    [en.usd(undefined), "no data"],
    [en.cell(1234567.8), "1,234,567.8"],
    [en.cell(-5), "\u22125"],
    [en.date("2026-11-25"), "25 November 2026"],
    [en.month("2026-11-25"), "Nov 2026"],
    [en.month("2026-09-01"), "Sep 2026"],
    [en.year(2030), "2030"],
    [en.clock(7), "0:07"],
    [en.clock(65), "1:05"],
  ])("%s", (got, wanted) => expect(got).toBe(wanted));
});

describe("numbers in Persian", () => {
  it.each([
    [fa.cell(1234567.8), "۱٬۲۳۴٬۵۶۷٫۸"],
    [fa.usd(340e6), "۳۴۰ میلیون دلار"],
    [fa.usd(3e9), "۳٫۰ میلیارد دلار"],
    [fa.share(0.052), "۵٫۲٪"],
    [fa.hours(42), "۴۲ ساعت"],
    [fa.tonnes(1_270_000), "۱٫۲۷ میلیون تن"],
    [fa.year(2030), "۲۰۳۰"],
    [fa.number(null), "بدون داده"],
    [fa.cell(-5), "\u2212۵"],
  ])("%s", (got, wanted) => expect(got).toBe(wanted));

  it("gives the Solar Hijri day first, the Gregorian one in brackets", () => {
    expect(fa.date("2026-11-25")).toMatch(/^۴ آذر ۱۴۰۵ \(۲۵ نوامبر ۲۰۲۶\)$/);
  });
});

describe("numbers as people type them", () => {
  it.each([
    ["1234.5", 1234.5],
    ["1,234.5", 1234.5],
    ["1.234,5", 1234.5],
    ["1 234,5", 1234.5],
    ["12,5", 12.5],
    ["0,125", 0.125],
    ["1,234", 1234],
    ["1,234,567", 1234567],
    ["۱۲٫۵", 12.5],
    ["۱٬۲۳۴٫۵", 1234.5],
    ["۳", 3],
    ["٣٫٥", 3.5],
    ["۱۲,۵", 12.5],
    ["-3", -3],
    ["\u22123", -3],
    ["1e9", 1e9],
    [".5", 0.5],
    ["", null],
    ["abc", null],
    ["3 h", null],
    ["1-2", null],
    ["Infinity", null],
  ])("%s", (text, value) => expect(parseNumber(text)).toBe(value));

  it("turns digits and strips marks", () => {
    expect(latinDigits("۰۹٠٩")).toBe("0909");
    expect(stripMarks("\u200e\u2212۵")).toBe("\u2212۵");
  });
});
