"""What happens before anything is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from scripts import browser, setup

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def venv(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    return tmp_path


def test_without_a_suitable_python_it_says_which_is_needed(tmp_path):
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # as an older Python answers to the question for its version
    old.chmod(0o755)
    command = ["/bin/sh", str(ROOT / "scripts" / "setup.sh"), "run"]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "apt install python3" in done.stderr


def test_a_python_without_its_venv_module_is_told_with_the_line_that_helps(monkeypatch):
    monkeypatch.setattr(setup, "has_ensurepip", lambda: False)
    monkeypatch.setattr(setup, "apt_rights", lambda: None)
    with pytest.raises(setup.SetupError, match=r"apt install python3\.\d+-venv"):
        setup.install_ensurepip()


def test_what_is_set_up_stays_until_a_lock_changes(venv, tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "set_up", lambda kind: pytest.fail("set up again"))
    setup.stamp("dev").write_text(str(setup.ROOT))
    assert setup.main("dev") == setup.main("run") == 0, "what tests need contains what running needs"
    changed = tmp_path / "requirements.lock"
    changed.write_text("other")
    monkeypatch.setitem(setup.LOCKS, "run", changed)
    called: list[str] = []
    monkeypatch.setattr(setup, "set_up", called.append)
    assert setup.main("run") == 0
    assert called == ["dev"], "the tools of the tests are not taken away again"


def test_an_environment_that_was_made_elsewhere_is_not_trusted(venv, monkeypatch):
    monkeypatch.setattr(setup, "PYTHON", Path(os.path.realpath("/bin/sh")))
    (venv / ".towpath-run-0").write_text("/where/it/was/before")
    assert not setup.works()


def test_the_browser_may_be_named_and_a_wrong_name_is_no_browser(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CHROMIUM", "/bin/sh")
    assert browser.find() == Path("/bin/sh")
    assert browser.main() == 0
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    monkeypatch.setenv("CI", "true")
    assert browser.main() == 1
    monkeypatch.setenv("CI", "")
    assert browser.main() == 0
    assert "apt install chromium" in capsys.readouterr().err


def test_every_package_is_locked_with_its_hash():
    for lock in (setup.BOOTSTRAP, *setup.LOCKS.values()):
        text = lock.read_text().replace("\\\n", "")
        packages = [line for line in text.splitlines() if line[:1].isalnum()]
        assert packages
        assert all("==" in line and "--hash=sha256:" in line for line in packages)


def test_make_without_a_goal_names_the_two_commands():
    told = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "\nrun " in f"\n{told}"
    assert "\ntest " in f"\n{told}"
