"""`make test-spark`: the questions of the mining engine on Spark, in an environment of its own (.venv/spark).

Needs Java 17 or newer; on Debian it is installed by apt where it may.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setup import ROOT, UV, VENV, apt_rights

HOME = VENV / "spark"
LOCKS = [ROOT / "requirements-dev.lock", ROOT / "requirements-spark.lock"]
PACKAGE = "openjdk-17-jre-headless"
HOW = f"Spark needs Java 17 or newer. On Debian: apt install {PACKAGE}. Elsewhere: JAVA_HOME=/path/to/java make test-spark"
SUITE = [
    f"tests/engines/mining/test_{name}.py"
    for name in ("engines", "map", "filters", "work", "write", "compare")
]
# Small logs: one task at a time, and no time spent on making it quicker.
OPTIONS = {
    "spark.master": "local[1]",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
SOCKETS = "ignore:unclosed <socket:ResourceWarning"  # to Java; PySpark leaves them to the garbage collector


def java() -> Path | None:
    """JAVA_HOME's, else the path's, if it is new enough."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{home}/bin" if home else None)
    if program is None:
        return None
    told = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', told)
    return Path(program) if version and int(version[1]) >= 17 else None


def install_java() -> None:
    rights = apt_rights()
    if rights is None:
        return
    print(f"Installing Java: apt install {PACKAGE} …", flush=True)
    subprocess.run([*rights, "apt-get", "update", "-qq"], capture_output=True)
    subprocess.run([*rights, "apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGE])


def environment() -> Path | None:
    """The Python of .venv/spark, with the packages of the lock files; None if they can't be had."""
    python = HOME / "bin" / "python"
    if not python.exists():
        print("Making .venv/spark: 450 MB of packages, once …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    uv = UV / "bin" / "uv"
    if uv.exists():
        command = [
            str(uv),
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            "--python",
            str(python),
            *map(str, LOCKS),
        ]
    else:
        wanted = [part for lock in LOCKS for part in ("-r", str(lock))]
        command = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", *wanted]
    return python if subprocess.run(command, cwd=ROOT).returncode == 0 else None


def main() -> int:
    if java() is None:
        install_java()
    found = java()
    if found is None:
        print(HOW, file=sys.stderr)
        return 1
    python = environment()
    if python is None:
        print(
            "The packages could not be installed; see above. Is the package index within reach?",
            file=sys.stderr,
        )
        return 1
    options = " ".join(f"--conf {name}={value}" for name, value in OPTIONS.items())
    surroundings = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYSPARK_SUBMIT_ARGS": f"{options} pyspark-shell",
        "TOWPATH_TEST_ENGINE": "spark",
        "TZ": "Asia/Tokyo",  # a machine's own zone must not matter
    }
    command = [python, "-m", "pytest", "--timeout", "600", "-W", SOCKETS, *SUITE, *sys.argv[1:]]
    return subprocess.call(command, cwd=ROOT, env=surroundings)


if __name__ == "__main__":
    sys.exit(main())
