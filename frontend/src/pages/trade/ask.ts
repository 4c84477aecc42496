/** Questions of the Trade page to the server. */
import { api, need } from "@/api/client";
import { Latest } from "@/api/latest.svelte";
import type { Asked, Books, LeverAnswer, Potential } from "./model";

const PAUSE_MS = 200;

/** What a pair should trade. */
export const potentialAnswers = () =>
  new Latest<Asked, Potential>(async (asked, signal) => {
    const { a, b, book } = asked;
    const params = { query: { a, b, ...(book === undefined ? {} : { book }) } };
    return (await need(api.GET("/api/v1/trade/potential", { params, signal }))) as Potential;
  });

/** What moved levers bring. */
export const leverAnswers = () =>
  new Latest<Asked, LeverAnswer>(async ({ a, b, levers = [] }, signal) => {
    const body = { pair: [a, b] as [string, string], levers };
    return (await need(api.POST("/api/v1/trade/levers", { body, signal }))) as LeverAnswer;
  }, PAUSE_MS);

/** What several books say of one year. */
export const bookAnswers = () =>
  new Latest<Asked, Books>(async ({ a, b, year }, signal) => {
    const params = { query: { a, b, ...(year === undefined ? {} : { year }) } };
    return (await need(api.GET("/api/v1/trade/bookkeeping", { params, signal }))) as Books;
  });
