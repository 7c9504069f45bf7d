"""The step kind `exchange.ask`: a process asks a register and waits for the answer."""

from towpath.exchange.actions.ask import ask
from towpath.foundation.steps import StepContext, step_kind


@step_kind("exchange.ask", means="Ask a register and wait for its answer.", headers=("operation",))
def begin(context: StepContext) -> None:
    """Headers: `operation`; `result`, the variable that takes the answer; `purpose` where it is not the declared one."""
    ask(
        context.actor,
        context.headers.get("operation", ""),
        context.inputs,
        case_id=context.case_id,
        command_id=context.command_id,
        purpose=context.headers.get("purpose", ""),
        result=context.headers.get("result", ""),
    )
