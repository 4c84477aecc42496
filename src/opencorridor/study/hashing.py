"""Canonical hash of a study: over values, never over file bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from opencorridor.study.table import Table

__all__ = ["hash_tables", "hash_values"]


def _update(digest: Any, table: Table) -> None:
    digest.update(f"\x1e{table.name}\x1f{table.n}".encode())
    for name in sorted(table.columns):
        values = table[name]
        if values.dtype == np.float64:
            # One bit pattern for every NaN and for both zeros.
            canonical = np.where(np.isnan(values), np.nan, values + 0.0).astype("<f8")
            body = canonical.tobytes()
        else:
            body = "\x1f".join(values.tolist()).encode()
        digest.update(f"\x1d{name}\x1f{len(body)}\x1f".encode())
        digest.update(body)


def hash_tables(settings: Mapping[str, Any], tables: Mapping[str, Table]) -> str:
    """Return the SHA-256 (hex) of settings and tables; tables without rows do not count."""
    digest = hashlib.sha256()
    digest.update(json.dumps(settings, sort_keys=True, ensure_ascii=False, default=str).encode())
    for name in sorted(tables):
        if tables[name].n:
            _update(digest, tables[name])
    return digest.hexdigest()


def hash_values(*values: Any) -> str:
    """Return the SHA-256 (hex) of JSON-like values: the content hash of a request or result."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
