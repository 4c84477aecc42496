/** Answers that stay true while study and run are the same: asked for once, however often shown. */
const MOST = 60;
const kept = new Map<string, { version: string; answer: Promise<unknown> }>();

/** Nothing is asked for before it is known of which study and run. */
const waiting = new Promise<never>(() => {});

/**
 * The answer of a name at a version of study and run; asked again only where the version is another,
 * or where it failed. A blank version waits.
 */
export function keptAnswer<T>(name: string, version: string, ask: () => Promise<T>): Promise<T> {
  if (!version) return waiting;
  const known = kept.get(name);
  if (known?.version === version) return known.answer as Promise<T>;
  const answer = ask();
  kept.delete(name);
  kept.set(name, { version, answer });
  // The first of a map is its oldest.
  if (kept.size > MOST) kept.delete(kept.keys().next().value!);
  answer.catch(() => {
    if (kept.get(name)?.answer === answer) kept.delete(name);
  });
  return answer;
}
