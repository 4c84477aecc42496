/** Words of units by language; numbers come in as text that is already in the right digits. */
export interface UnitWords {
  noData: string;
  notApplicable: string;
  million: string;
  billion: string;
  m: string;
  bn: string;
  money: (sign: string, size: string, word: string) => string;
  per: (money: string, unit: string) => string;
  minutes: (n: string) => string;
  hours: (n: string) => string;
  days: (days: string, hours: string) => string;
  tonnes: (n: string) => string;
  megatonnes: (n: string) => string;
  perYear: (text: string) => string;
  km: (n: string) => string;
  speed: (n: string) => string;
  co2Kg: (n: string) => string;
  co2T: (n: string) => string;
  percent: (n: string) => string;
  points: (n: string) => string;
}

const en: UnitWords = {
  noData: "no data",
  notApplicable: "n/a",
  million: "million",
  billion: "billion",
  m: "m",
  bn: "bn",
  money: (sign, size, word) => `${sign}$${size}${word ? ` ${word}` : ""}`,
  per: (money, unit) => `${money} per ${unit}`,
  minutes: (n) => `${n} min`,
  hours: (n) => `${n} h`,
  days: (days, hours) => `${days} days (${hours} h)`,
  tonnes: (n) => `${n} t`,
  megatonnes: (n) => `${n} Mt`,
  perYear: (text) => `${text} a year`,
  km: (n) => `${n} km`,
  speed: (n) => `${n} km/h`,
  co2Kg: (n) => `${n} kg CO2e`,
  co2T: (n) => `${n} t CO2e`,
  percent: (n) => `${n} %`,
  points: (n) => `${n} percentage points`,
};

const fa: UnitWords = {
  noData: "بدون داده",
  notApplicable: "نامربوط",
  million: "میلیون",
  billion: "میلیارد",
  m: "میلیون",
  bn: "میلیارد",
  money: (sign, size, word) => `${sign}${size}${word ? ` ${word}` : ""} دلار`,
  per: (money, unit) => `${money} به ازای هر ${unit}`,
  minutes: (n) => `${n} دقیقه`,
  hours: (n) => `${n} ساعت`,
  days: (days, hours) => `${days} روز (${hours} ساعت)`,
  tonnes: (n) => `${n} تن`,
  megatonnes: (n) => `${n} میلیون تن`,
  perYear: (text) => `${text} در سال`,
  km: (n) => `${n} کیلومتر`,
  speed: (n) => `${n} کیلومتر بر ساعت`,
  co2Kg: (n) => `${n} کیلوگرم CO2e`,
  co2T: (n) => `${n} تن CO2e`,
  percent: (n) => `${n}٪`,
  points: (n) => `${n} واحد درصد`,
};

export const UNITS = { en, fa };
