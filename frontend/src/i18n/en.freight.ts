/** English: the Freight page. */
export default {
  "freight.views": "Views of freight",
  "freight.view.flows": "Flows",
  "freight.view.places": "Places",
  "freight.view.closures": "Closures",
  "freight.view.fleets": "Fleets",
};
