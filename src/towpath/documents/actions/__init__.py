"""All that changes files. Each runs inside the body's transaction; only `scan` enters it by itself."""

from towpath.documents.actions.keep import attach, discard, keep
from towpath.documents.actions.scan import scan
from towpath.documents.rules import NotTaken

__all__ = ["NotTaken", "attach", "discard", "keep", "scan"]
