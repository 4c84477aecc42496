"""Networks of other programs: TNTP and GMNS in, link flows out, matrices as Open Matrix.

What GMNS cannot carry of a study stays in the study: gauges, dwell times, opening hours, tariffs,
restrictions with dates. So these readers serve the assignment, not a study's tables.
"""

from __future__ import annotations

from opencorridor.network.exchange.gmns import read_gmns
from opencorridor.network.exchange.omx import read_omx
from opencorridor.network.exchange.tntp import read_tntp
from opencorridor.network.exchange.traffic import TrafficNetwork, flow_rows, flow_tntp

__all__ = ["TrafficNetwork", "flow_rows", "flow_tntp", "read_gmns", "read_omx", "read_tntp"]
