"""Constraints of BPMN 2.0 that are seen in the file itself: what its references point to, and what belongs together."""

from __future__ import annotations

from towpath.engines.bpmn.findings import Findings
from towpath.engines.xmltree import Node


def check(root: Node, findings: Findings) -> None:
    pass
