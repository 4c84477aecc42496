"""Compiled kernels of routing: trees, paths, sums; ``reference`` is their plain oracle."""
