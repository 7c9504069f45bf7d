"""`towpath intake`: takes in e-mail by SMTP."""

from pathlib import Path

from django.conf import settings

from towpath.contact import intake
from towpath.project.cli import parser


def main(arguments: list[str]) -> int:
    parser("intake", "Takes in e-mail by SMTP.").parse_args(arguments)
    intake.serve(settings.INTAKE_PORT, heartbeat=Path(settings.VAR) / "intake.heartbeat")
    return 0
