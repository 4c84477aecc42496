"""The teaching world, solved once."""

from __future__ import annotations

import pytest

from tests.scenario.worlds import World, teaching_world


@pytest.fixture(scope="session")
def world(cache_folder: object) -> World:
    """Return the teaching study with its model and baseline."""
    return teaching_world()
