"""Commands on a machine where `towpath run` is running need no environment: it wrote down how to reach things."""

import json
import os

from towpath.project import health
from towpath.project.folders import var_folder


def fill_environment() -> None:
    """Takes what `towpath run` wrote down, for every variable that is not set."""
    if "DATABASE_URL" in os.environ:
        return
    try:
        state = json.loads((var_folder() / health.STATE).read_text())
    except (OSError, ValueError):
        _without_database()
        return
    for name, value in state.get("environment", {}).items():
        os.environ.setdefault(name, value)


def _without_database() -> None:
    """Commands that only read files (`towpath check`) run without any; others say what is missing when they ask."""
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@/towpath-is-not-running")
    os.environ.setdefault("TOWPATH_SECRET_KEY", "no-requests-are-served-by-this-process")
