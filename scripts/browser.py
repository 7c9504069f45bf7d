"""The browser of the browser tests: Debian's Chromium, or one that is there already.

`python scripts/browser.py` installs it by apt where it may. Where CI=true a missing browser is a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
HOW = "Browser tests need Chromium. On Debian: apt install chromium. Elsewhere: CHROMIUM=/path/to/chromium make test"


def find() -> Path | None:
    """The browser's program, or None. CHROMIUM names one in an unusual place."""
    if named := os.environ.get("CHROMIUM"):
        return Path(named) if Path(named).is_file() else None
    found = [program for name in NAMES if (program := shutil.which(name))]
    found += [place for place in PLACES if Path(place).is_file()]
    return Path(found[0]) if found else None


def required() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


def install() -> None:
    from setup import apt_rights

    rights = apt_rights()
    if rights is None:
        return
    print("Installing Chromium for the browser tests: apt install chromium …", flush=True)
    subprocess.run([*rights, "apt-get", "update", "-qq"], capture_output=True)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    done = subprocess.run([*rights, *command], capture_output=True, text=True)
    if done.returncode:
        print(f"apt could not install it: {done.stderr.strip()[-500:]}", flush=True)


def main() -> int:
    if not find() and not os.environ.get("CHROMIUM"):
        install()
    if find():
        return 0
    print(HOW, file=sys.stderr)
    return 1 if required() else 0


if __name__ == "__main__":
    sys.exit(main())
