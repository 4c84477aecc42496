"""Data only: the studies that ship with the package."""
