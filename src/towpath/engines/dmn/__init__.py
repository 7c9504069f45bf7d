"""DMN: decision models that give a value and tell which rules gave it (DMN 1.5, read from 1.3 to 1.5).

    model = dmn.load(xml)                            # DmnError lists everything that is wrong
    model.evaluate("Fee", {"Income": 900}).value     # .trace: each decision, its inputs, the rules that held
    model.ask("Fee", {})                             # Question("Income", ...), or the Evaluation, or Undecided
    model.evaluate("Fee", {...}).explain("fr")       # sentences that a letter can carry
    model.warnings                                   # gaps, overlaps, idle rules, each with a case

All boxed expressions, decision tables with all hit policies, business knowledge models, decision services,
item definitions and imports of other models. Of functions in Java a few pure ones are known
(`feel.java`); others, and those in PMML, are refused by name.
"""

from towpath.engines.dmn.loading import load
from towpath.engines.dmn.model import Model
from towpath.engines.dmn.problems import DmnError, Problem
from towpath.engines.dmn.trace import DONT_KNOW, Evaluation, MatchedRule, Question, Step, Undecided

__all__ = [
    "DONT_KNOW",
    "DmnError",
    "Evaluation",
    "MatchedRule",
    "Model",
    "Problem",
    "Question",
    "Step",
    "Undecided",
    "load",
]
