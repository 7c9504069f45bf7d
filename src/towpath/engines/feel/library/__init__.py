"""The built-in functions of FEEL (DMN 1.5, section 10.3.4), one module for each of the standard's tables."""

from towpath.engines.feel.library import contexts, lists, numbers, ranges, strings, temporal

__all__ = ["contexts", "lists", "numbers", "ranges", "strings", "temporal"]
