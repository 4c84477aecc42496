/** English: the complete catalogue. */
import changes from "./en.changes";
import choices from "./en.choices";
import core from "./en.core";
import corridors from "./en.corridors";
import freight from "./en.freight";
import freightClosures from "./en.freight_closures";
import freightFlows from "./en.freight_flows";
import freightFleets from "./en.freight_fleets";
import freightPlaces from "./en.freight_places";
import map from "./en.map";
import pages from "./en.pages";
import problems from "./en.problems";
import scenario from "./en.scenario";
import trade from "./en.trade";

export default { ...core, ...pages, ...map, ...scenario, ...changes, ...choices, ...corridors, ...trade, ...freight, ...freightFlows, ...freightPlaces, ...freightClosures, ...freightFleets, ...problems };
