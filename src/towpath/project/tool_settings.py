"""The settings as type checker and linters load them: nothing is served, no database is reached."""

from towpath.project import local

local.fill_environment()

from towpath.project.settings import *  # noqa: E402, F403
