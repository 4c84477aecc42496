/** English: the Freight page, view of fleets. */
export default {};
