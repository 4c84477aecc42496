/** What is wrong, in the language of the page: by the server's code, else in its own words. */
import type { Schemas } from "@/api/client";
import { language, t, type Key } from ".";

type Problem = Pick<Schemas["ProblemItem"], "code" | "message"> & Partial<Schemas["ProblemItem"]>;

export interface Told {
  message: string;
  mend: string;
  /** Language of the server's own words; nothing where they are those of the page. */
  lang: "en" | undefined;
}

const NUMBER = /^[-\u2212]?\d+(\.\d+)?$/;
const MEANT = /^did you mean (.+)\?$/;

/** English says more than a code can: it is told as it is. Other languages have a text by code. */
export function problemText({ code, message, mend = "", value = "" }: Problem): Told {
  if (language.current === "en") return { message, mend, lang: undefined };
  const key = `problem.${code}`;
  if (language.texts[key] === undefined) return { message, mend, lang: "en" };
  const shown = NUMBER.test(value) ? language.fmt.cell(Number(value)) : value;
  const names = MEANT.exec(mend)?.[1]?.split(" or ").join(t("problem.or"));
  return { message: t(key as Key, { value: shown }), mend: names ? t("problem.did_you_mean", { names }) : "", lang: undefined };
}

/** Problems of a field as one text. */
export function problemsText(problems: Problem[]): string {
  const sentence = (text: string) => (/[.?!؟]$/.test(text) ? text : `${text}.`);
  return problems
    .flatMap((problem) => {
      const { message, mend } = problemText(problem);
      return [message, mend].filter(Boolean).map(sentence);
    })
    .join(" ");
}
