/** English: the Freight page, view of places. */
export default {};
