/** English: the Freight page, view of closures. */
export default {};
