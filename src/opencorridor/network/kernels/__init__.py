"""Compiled kernels of the network room, and their plain references."""
