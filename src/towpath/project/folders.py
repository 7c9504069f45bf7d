"""Where an installation keeps what it makes."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def var_folder() -> Path:
    """TOWPATH_VAR, else `var` in the checkout, else `var` where we stand."""
    if told := os.environ.get("TOWPATH_VAR"):
        return Path(told).resolve()
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "var"
