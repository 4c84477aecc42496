/** Language of the page: one state, from which texts, direction and number formats follow. */
import { Formatter, type Lang } from "@/format/format";

export const LANGUAGES: { id: Lang; name: string; dir: "ltr" | "rtl" }[] = [
  { id: "en", name: "English", dir: "ltr" },
  { id: "fa", name: "فارسی", dir: "rtl" },
];

const FORMATTERS: Record<Lang, Formatter> = { en: new Formatter("en"), fa: new Formatter("fa") };

type Catalogue = Partial<Record<string, string>>;

/** Catalogues beside English, loaded when they are asked for. Further languages register here. */
const LOADERS: Record<Exclude<Lang, "en">, () => Promise<{ default: Catalogue }>> = {
  fa: () => import("./fa"),
};

class LanguageState {
  current = $state<Lang>("en");
  /** Texts of the current language where it is not English. */
  texts = $state.raw<Catalogue>({});

  /** Change the language of the page: texts first, so that nothing flashes in English. */
  async change(to: Lang): Promise<void> {
    const texts = to === "en" ? {} : (await LOADERS[to]()).default;
    this.texts = texts;
    this.current = to;
    document.documentElement.lang = to;
    document.documentElement.dir = this.dir;
  }

  get dir(): "ltr" | "rtl" {
    return LANGUAGES.find((language) => language.id === this.current)?.dir ?? "ltr";
  }

  /** Formatter of the current language; reading it in a template makes the template follow. */
  get fmt(): Formatter {
    return FORMATTERS[this.current];
  }
}

export const language = new LanguageState();

/** Read a language of an address; English for anything unknown. */
export function readLang(text: string | undefined): Lang {
  return LANGUAGES.find((item) => item.id === text)?.id ?? "en";
}
