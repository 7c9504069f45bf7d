"""The table of what `towpath run` runs, and the environment that all of it shares."""

import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from towpath.project import health, postgres
from towpath.project.folders import CHECKOUT
from towpath.project.ports import HOST, Ports, answers
from towpath.project.supervise import Child

PYTHON = sys.executable
CLI = [PYTHON, "-m", "towpath.project.cli"]


@dataclass(frozen=True)
class Site:
    """One installation on one machine."""

    ports: Ports
    var: Path
    database: str = field(repr=False)  # address for the application's role
    owner: str = field(repr=False)  # address for the owner, who migrates
    server: postgres.Server | None = None  # our own; None: somebody else looks after it

    @property
    def url(self) -> str:
        return self.ports.url(self.ports.web)

    def env(self) -> dict[str, str]:
        """What web, worker and the demo's own servers are told. The owner's password is not among it."""
        ports = self.ports
        return without(os.environ, "DATABASE_OWNER_URL") | {
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "towpath.project.settings",
            "PORT": str(ports.web),
            "PYTHONUNBUFFERED": "1",
            "TOWPATH_DEMO": "1",
            "TOWPATH_INTAKE_PORT": str(ports.intake),
            "TOWPATH_POSTOFFICE_PORT": str(ports.postoffice),
            "TOWPATH_POSTOFFICE_URL": ports.url(ports.postoffice),
            "TOWPATH_REGISTER_PORT": str(ports.register),
            "TOWPATH_REGISTER_URL": ports.url(ports.register),
            "TOWPATH_SECRETS": str(self.var / "secrets"),
            "TOWPATH_SECRET_KEY": self.secret("secret-key"),
            "TOWPATH_SIGNIN_ISSUER": ports.url(ports.signin),
            "TOWPATH_SIGNIN_PORT": str(ports.signin),
            "TOWPATH_SIGNIN_SECRET": self.secret("signin-secret"),
            "TOWPATH_SMTP_HOST": HOST,
            "TOWPATH_SMTP_PORT": str(ports.smtp),
            "TOWPATH_STATIC": str(self.var / "static"),
            "TOWPATH_URL": self.url,
            "TOWPATH_VAR": str(self.var),
        }

    def owner_env(self) -> dict[str, str]:
        return self.env() | {"DATABASE_OWNER_URL": self.owner}

    def secret(self, name: str) -> str:
        """Kept in a file that only we may read; made at the first asking."""
        folder = self.var / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
        return path.read_text()


def surroundings(site: Site) -> list[Child]:
    """What a body finds around it, played by the demonstration. They run before its data is loaded."""
    ports = site.ports
    return [
        _child(site, "register", [PYTHON, "-m", "demo.register"], _health(ports.url(ports.register))),
        _child(site, "signin", [PYTHON, "-m", "demo.signin"], lambda: answers(ports.signin)),
        _child(site, "postoffice", [PYTHON, "-m", "demo.postoffice"], lambda: answers(ports.postoffice)),
    ]


def processes(site: Site) -> list[Child]:
    """Towpath itself, in the order of starting; all are stopped in the reverse order."""
    ports, begun = site.ports, time.time()
    return [
        _child(site, "worker", [*CLI, "worker"], lambda: _beats_since(site.var / health.HEARTBEAT, begun)),
        _child(site, "intake", [*CLI, "intake"], lambda: answers(ports.intake)),
        _child(site, "web", _web(ports.web), _health(site.url)),
    ]


def database(server: postgres.Server) -> Child:
    return Child(
        "database",
        server.command(),
        server.environment(),
        ready=lambda: postgres.is_ready(server),
        before=lambda: postgres.clear_stale(server),
        options=server.account.options(),
        end=postgres.STOP,
    )


def without(env: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in names}


def _web(port: int) -> list[str]:
    options = {
        "bind": f"{HOST}:{port}",
        "worker-class": "gthread",
        "workers": "2",
        "threads": "4",
        "graceful-timeout": "3",
    }
    if Path("/dev/shm").is_dir():  # noqa: S108 (the workers' sign of life; a slow disk must not look like death)
        options["worker-tmp-dir"] = "/dev/shm"  # noqa: S108
    told = [f"--{name}={value}" for name, value in options.items()]
    # Loaded once before the workers fork: half the start-up work, and memory that they share.
    return [
        PYTHON,
        "-m",
        "gunicorn",
        *told,
        "--preload",
        "--no-control-socket",
        "towpath.project.wsgi:application",
    ]


def _child(site: Site, name: str, command: list[str], ready: Callable[[], bool]) -> Child:
    return Child(name, command, site.env(), ready, cwd=CHECKOUT)  # `demo/` lies there


def _health(url: str) -> Callable[[], bool]:
    return lambda: health.is_well(lambda: health.get(f"{url}/health", patience=2))


def _beats_since(heartbeat: Path, begun: float) -> bool:
    return heartbeat.exists() and heartbeat.stat().st_mtime >= begun
