"""Scripts that build the tables of the shipped study from their sources."""
