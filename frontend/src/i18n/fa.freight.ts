/** Persian: the Freight page. */
export default {
  "freight.views": "نماهای بار",
  "freight.view.flows": "جریان‌ها",
  "freight.view.places": "مکان‌ها",
  "freight.view.closures": "بسته شدن‌ها",
  "freight.view.fleets": "ناوگان",
};
