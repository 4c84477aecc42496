/** Persian: the Freight page, view of flows. */
export default {};
