"""The real register, as a process of its own, on a free port of this machine."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent.parent
AMIRA, LUCAS = "104820317", "138571206"  # of demo/people.yaml


class RunningRegister:
    def __init__(self, folder: Path) -> None:
        self.folder, self.admin = folder / "register", secrets.token_hex()
        self.environment = {
            "PATH": os.environ["PATH"],
            "TOWPATH_VAR": str(folder),
            "TOWPATH_REGISTER_ADMIN_TOKEN": self.admin,
        }
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "demo.register", "--port", str(self.port), *options],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert "listens" in line, line
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.communicate(timeout=10)
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return (self.folder / "token").read_text()

    @property
    def public_key(self) -> str:
        return (self.folder / "public.key").read_text()

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return httpx.post(self.url + path, headers=sent, trust_env=False, verify=False, **content)

    def effects(self, key: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        found = httpx.get(
            f"{self.url}/effects", params={"key": key}, headers=headers, trust_env=False, verify=False
        )
        return found.raise_for_status().json()

    def becomes(self, mode: str, seconds: float = 0) -> None:
        told = self.post("/faults", {"mode": mode, "seconds": seconds}, X_Admin_Token=self.admin)
        assert told.status_code == 200, told.text


@contextmanager
def running_register(folder: Path) -> Iterator[RunningRegister]:
    register = RunningRegister(folder)
    register.start("--faults")
    try:
        yield register
    finally:
        register.stop()
