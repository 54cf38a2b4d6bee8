"""Run the edge process: ``python -m rehearsal.edge --control-socket PATH``."""

from __future__ import annotations

import argparse

import uvloop

from rehearsal.clock import Clock
from rehearsal.edge.process import run

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--control-socket", required=True, help="unix socket on which the control process listens")
parser.add_argument("--time-scale", type=float, default=1.0, help="virtual seconds in a real one")
parser.add_argument("--origin", type=float, nargs=2, help="origin of the control process' clock (default: now)")
parser.add_argument("--proxy-port", type=int, default=0, help="port of the forward proxy (default: a free one)")
options = parser.parse_args()
clock = Clock(options.time_scale, options.origin)
uvloop.run(run(options.control_socket, clock, options.proxy_port))
