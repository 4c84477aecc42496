"""Results of a run: what is solved, and the tables of the answer made from it."""
