"""Our own PostgreSQL server: one data folder, run by the programs that made it, reached by a private socket.

Only the standard library and psycopg: it must work before anything of Django is set up.
"""

from towpath.project.postgres.binaries import Binaries, locate_binaries
from towpath.project.postgres.errors import DatabaseError
from towpath.project.postgres.make import ensure
from towpath.project.postgres.process import STOP, clear_stale, is_ready, reset, running, start, stop
from towpath.project.postgres.server import APP, DATABASE, OWNER, Role, Server

__all__ = [
    "APP",
    "DATABASE",
    "OWNER",
    "STOP",
    "Binaries",
    "DatabaseError",
    "Role",
    "Server",
    "clear_stale",
    "ensure",
    "is_ready",
    "locate_binaries",
    "reset",
    "running",
    "start",
    "stop",
]
