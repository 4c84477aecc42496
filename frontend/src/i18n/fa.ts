/** Persian: navigation, headings, units and legends. What is missing shows in English, marked so. */
import changes from "./fa.changes";
import choices from "./fa.choices";
import core from "./fa.core";
import corridors from "./fa.corridors";
import freight from "./fa.freight";
import freightClosures from "./fa.freight_closures";
import freightFlows from "./fa.freight_flows";
import freightFleets from "./fa.freight_fleets";
import freightPlaces from "./fa.freight_places";
import map from "./fa.map";
import pages from "./fa.pages";
import problems from "./fa.problems";
import scenario from "./fa.scenario";
import trade from "./fa.trade";
import type en from "./en";

const fa: Partial<Record<keyof typeof en, string>> = { ...core, ...pages, ...map, ...scenario, ...changes, ...choices, ...corridors, ...trade, ...freight, ...freightFlows, ...freightPlaces, ...freightClosures, ...freightFleets, ...problems };
export default fa;
