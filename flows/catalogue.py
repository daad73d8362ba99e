"""Every flow there is, by name."""

from __future__ import annotations

from flows.erase import ERASE
from flows.join import JOIN

FLOWS = {flow.name: flow for flow in (JOIN, ERASE)}
