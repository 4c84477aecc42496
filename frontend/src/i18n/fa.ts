/** Persian: navigation, headings, units and legends. What is missing shows in English, marked so. */
import changes from "./fa.changes";
import choices from "./fa.choices";
import core from "./fa.core";
import corridors from "./fa.corridors";
import map from "./fa.map";
import pages from "./fa.pages";
import problems from "./fa.problems";
import scenario from "./fa.scenario";
import trade from "./fa.trade";
import type en from "./en";

const fa: Partial<Record<keyof typeof en, string>> = { ...core, ...pages, ...map, ...scenario, ...changes, ...choices, ...corridors, ...trade, ...problems };
export default fa;
