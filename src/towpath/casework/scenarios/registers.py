"""The registers of a scenario: they reply what it says, and fail when it says so."""

from collections.abc import Mapping
from typing import Any

from towpath.catalogue import queries as catalogue
from towpath.exchange import actions as exchange


class Registers:
    """The stand-in for all registers. `states`: register -> dead, slow or wrong; others just answer."""

    def __init__(self, scenario: catalogue.Document) -> None:
        self.scenario = scenario
        self.states: dict[str, exchange.Fault] = {
            entry["register"]: entry["state"] for _, entry in scenario.entries("before")
        }
        self.unknown: dict[str, str] = {}

    def __call__(self, operation: str, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
        register, _, name = operation.partition(".")
        if register in self.states:
            raise exchange.NoAnswer(self.states[register])
        for _, entry in self.scenario.entries("registers", register, name):
            if entry["given"] == dict(inputs):
                reply: dict[str, Any] | None = entry["reply"]
                return reply
        asked = ", ".join(f"{key}: {value}" for key, value in sorted(inputs.items()))
        self.unknown[operation] = asked
        raise exchange.NoAnswer("refused")

    def set_state(self, register: str, state: Any) -> None:
        if state == "back":
            self.states.pop(register, None)
        else:
            self.states[register] = state

    def problems(self) -> list[catalogue.Problem]:
        what = "{} was asked for {{{}}}, and the scenario does not say what it replies"
        right = "add it to the register's replies, with 'reply: null' where nobody is found"
        return [
            self.scenario.problem(("registers",), what.format(operation, asked), right)
            for operation, asked in self.unknown.items()
        ]
