"""Playing the examples of a package: given these answers, acts and replies, then this path, decision and letters."""

from towpath.casework.scenarios.run import Outcome, prove, run

__all__ = ["Outcome", "prove", "run"]
