/** Numbers of a run's or a plan's summary as parts of sentences. */
import { figure, type Summary } from "@/api/results";
import { fmt } from "@/i18n";
import { counted, type Told } from "./finding";

/** Numbers of one summary; without an id they have no source. */
export class SummaryNumbers {
  constructor(
    readonly summary: Summary,
    readonly result_id: string | null,
  ) {}

  /** Where a number of the summary stands. */
  source(key: string) {
    return this.result_id ? { result_id: this.result_id, summary: key } : null;
  }

  /** A number in the form that is given. */
  told(key: string, show: (value: number | null) => string): Told {
    return { text: show(figure(this.summary, key)), source: this.source(key) };
  }

  usd(key: string): Told {
    return this.told(key, (value) => fmt().usd(value));
  }

  /** Trade with the chosen measures, with its band where the draws gave one. */
  plan(): Told {
    const [low, high] = [figure(this.summary, "plan_low"), figure(this.summary, "plan_high")];
    return this.told("plan_usd_current", (value) => fmt().usdBand(value, low, high));
  }

  year(key: string): Told {
    return this.told(key, (value) => fmt().year(value));
  }

  share(key: string): Told {
    return this.told(key, (value) => fmt().share(value, 0));
  }

  /** Length of a list, such as the chosen measures. */
  count(key: string): Told {
    return counted(((this.summary[key] as unknown[]) ?? []).length, this.source(key));
  }
}
