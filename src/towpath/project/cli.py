"""The command line: `towpath <command>`. Each command is a function; its own options are read beside it."""

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module

# command: (module with `main(arguments) -> int`, what it does, needs Django)
COMMANDS: dict[str, tuple[str, str, bool]] = {
    "run": ("towpath.project.run", "run everything on this machine, with the demonstration", False),
    "health": ("towpath.project.health", "say whether web, worker, database and register answer", False),
    "migrate": ("towpath.project.migrate", "bring the database to this version, as its owner", True),
    "worker": ("towpath.project.worker", "carry out jobs, timers and what follows events", True),
    "intake": ("towpath.project.intake", "take in e-mail by SMTP", True),
    "body": ("towpath.project.body", "make a body as a file says, or bring it up to date", True),
    "staff": ("towpath.project.staff", "give a colleague new access who lost theirs", True),
    "check": ("towpath.project.packages", "check a service package and list every problem", True),
    "test": ("towpath.project.packages", "run a service package's scenarios", True),
    "publish": ("towpath.project.packages", "publish a service package for a body", True),
    "rehearse": ("towpath.project.rehearse", "play a log's real cases through a service", True),
    "assess": ("towpath.project.assess", "say from event logs what happens and what to mend first", False),
    "import": ("towpath.project.import_log", "read an older system's event log into a body", True),
    "what-if": ("towpath.project.what_if", "learn a plan from a log and play a change through", False),
    "convert": ("towpath.project.convert", "write a log in another form, or the process found in it", False),
    "journal": ("towpath.project.journal", "seal, export the head of, and verify the journal", True),
    "demo": ("towpath.project.demo", "load the demonstration, or start it over", True),
    "manage": ("towpath.project.manage", "Django's own commands", True),
}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in {"-h", "--help", "help"}:
        print(_overview())
        return 0
    name, *rest = given
    if name not in COMMANDS:
        print(f"There is no command {name!r}.\n\n{_overview()}", file=sys.stderr)
        return 2
    module, _, django = COMMANDS[name]
    if django:
        _set_up_django()
    run: Callable[[list[str]], int] = import_module(module).main
    # Modules that carry several commands are told which.
    return run([name, *rest] if module.endswith("packages") else rest)


def _overview() -> str:
    lines = [f"  {name:<10} {what}" for name, (_, what, _) in COMMANDS.items()]
    return "\n".join(
        ["towpath <command> [options]", "", *lines, "", "`towpath <command> --help` tells more."]
    )


def _set_up_django() -> None:
    from towpath.project import local

    local.fill_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "towpath.project.settings")
    import django

    django.setup()


def parser(command: str, what: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"towpath {command}", description=what)


if __name__ == "__main__":
    sys.exit(main())
