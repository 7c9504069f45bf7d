"""Sets up .venv from the lock files, every file checked against its hash. Does nothing when that is done.

`python3 scripts/setup.py run` for running, `dev` for the tests too. Needs nothing but Python's standard library.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "uv"  # our own copy of the installer, beside the packages, not among them
BOOTSTRAP = ROOT / "scripts" / "bootstrap.lock"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
COMMAND = """#!/bin/sh
exec "$(dirname -- "$(readlink -f -- "$0")")/python" -P -m towpath.project.cli "$@"
"""


class SetupError(Exception):
    """Setting up stops here; the text says what would help."""


def main(kind: str) -> int:
    with Path(__file__).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # `make run` and `make test` at the same time
        # What the tests need contains what running needs.
        if any(stamp(one).exists() for one in {kind, "dev"}):
            return 0
        try:
            set_up("dev" if any(VENV.glob(".towpath-dev-*")) else kind)
        except SetupError as why:
            print(f"\n{why}", file=sys.stderr)
            return 1
    return 0


def set_up(kind: str) -> None:
    make_venv()
    print(f"Installing packages from {LOCKS[kind].name} …", flush=True)
    if not (install_uv() and sync(kind)):
        print("… with pip, which takes longer", flush=True)
        run_pip("install", "--require-hashes", "--requirement", str(LOCKS[kind]))
    link()
    for old in VENV.glob(".towpath-*"):
        old.unlink()
    stamp(kind).write_text(str(ROOT))


def stamp(kind: str) -> Path:
    """A file whose name changes with all that the result depends on."""
    files = [Path(__file__), BOOTSTRAP, *LOCKS.values()]
    parts = [str(ROOT).encode(), *(path.read_bytes() for path in files)]
    return VENV / f".towpath-{kind}-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:16]}"


def make_venv() -> None:
    if works():
        return
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    if not has_ensurepip():
        install_ensurepip()
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if done.returncode:
        raise SetupError(f"Python could not make {VENV}:\n{done.stdout}{done.stderr}")


def works() -> bool:
    """There is a .venv, it was made in this folder (its programs name it), and its Python and pip run."""
    if not PYTHON.exists() or any(old.read_text() != str(ROOT) for old in VENV.glob(".towpath-*")):
        return False
    told = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", told], capture_output=True).returncode == 0


def has_ensurepip() -> bool:
    told = "import ensurepip, venv"
    return subprocess.run([sys.executable, "-c", told], capture_output=True).returncode == 0


def install_ensurepip() -> None:
    """Debian keeps a part of Python in a package of its own."""
    package = f"python3.{sys.version_info.minor}-venv"
    line = f"apt install {package}"
    rights = apt_rights()
    if rights is not None:
        print(f"This Python lacks its venv module: {line} …", flush=True)
        subprocess.run([*rights, "apt-get", "update", "-qq"], capture_output=True)
        subprocess.run([*rights, "apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
    if not has_ensurepip():
        raise SetupError(f"This Python ({sys.executable}) lacks its venv module. On Debian or Ubuntu: {line}")


def apt_rights() -> list[str] | None:
    """What to put before apt-get; None where we may not install system packages."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def install_uv() -> bool:
    """uv installs in seconds what takes pip a minute. False where it can't be had."""
    if (UV / "bin" / "uv").exists() and (UV / BOOTSTRAP.name).read_bytes() == BOOTSTRAP.read_bytes():
        return True
    shutil.rmtree(UV, ignore_errors=True)
    options = ["--quiet", "--require-hashes", "--only-binary=:all:", "--no-deps", "--target", str(UV)]
    if not run_pip("install", *options, "--requirement", str(BOOTSTRAP), must=False):
        return False
    shutil.copyfile(BOOTSTRAP, UV / BOOTSTRAP.name)
    return (UV / "bin" / "uv").exists()


def sync(kind: str) -> bool:
    options = ["--quiet", "--require-hashes", "--python", str(PYTHON)]
    command = [str(UV / "bin" / "uv"), "pip", "sync", *options, str(LOCKS[kind])]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def run_pip(*arguments: str, must: bool = True) -> bool:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode and must:
        raise SetupError("The packages could not be installed; see above. Is the package index within reach?")
    return done.returncode == 0


def link() -> None:
    """The checkout itself: its code is found where it lies, and `.venv/bin/towpath` starts it."""
    told = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(
        subprocess.run([PYTHON, "-c", told], capture_output=True, text=True, check=True).stdout.strip()
    )
    (packages / "towpath-checkout.pth").write_text(f"{ROOT / 'src'}\n{ROOT}\n")
    command = VENV / "bin" / "towpath"
    command.unlink(missing_ok=True)
    command.write_text(COMMAND)
    command.chmod(0o755)


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["dev"]):
        sys.exit("usage: setup.py run|dev")
    sys.exit(main(sys.argv[1]))
