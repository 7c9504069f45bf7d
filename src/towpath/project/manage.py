"""`towpath manage ...`: Django's own commands, for developers."""

from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> int:
    execute_from_command_line(["towpath manage", *arguments])
    return 0
