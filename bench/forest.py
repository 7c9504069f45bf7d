"""Random sound processes, and how one walks through them: the same for every engine. Standard library only.

A process is made of blocks in blocks: tasks, choices, parallel and inclusive branches, loops, subprocesses. Each choice
is made by the task before it, which sets the variable that the choice reads; so it does not matter whether an engine
shares data between branches. Who walks completes one open task after another, drawn from the seed.

No parallel or inclusive block lies in a loop, and no inclusive block in another: there SpiffWorkflow 3.2.0 passes a join
before all of its tokens have come, as 2 of the first 100 processes show without this rule (a token of an earlier round is
counted again; the outer inclusive join does not see a token in the inner block).
"""

from collections.abc import Callable
from random import Random

LONGEST = 60  # steps of one walk
SORTS = ("task", "xor", "and", "or", "loop", "sub")


class _Forest:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.count = 0

    def name(self, sort: str) -> str:
        self.count += 1
        return f"{sort}{self.count}"

    def scope(self, depth: int, sorts: tuple[str, ...]) -> str:
        """What a process or a subprocess contains."""
        start, end, inside = self.name("start"), self.name("end"), _Inside()
        inside.add("startEvent", start)
        inside.add("endEvent", end)
        inside.flow(self.sequence(inside, start, depth, sorts), end)
        return inside.xml()

    def sequence(self, inside: "_Inside", before: str, depth: int, sorts: tuple[str, ...]) -> str:
        for _ in range(self.random.randint(1, 3)):
            before = self.block(inside, before, depth, sorts)
        return before

    def block(self, inside: "_Inside", before: str, depth: int, sorts: tuple[str, ...]) -> str:
        sort = self.random.choice(sorts if depth else ("task",))
        if sort == "task":
            return self.task(inside, before)
        if sort == "sub":
            name = self.name("sub")
            inside.nest(name, self.scope(depth - 1, sorts))
            inside.flow(before, name)
            return name
        if sort == "loop":
            return self.loop(inside, before, depth, without(sorts, "and", "or"))
        if sort == "and":
            return self.parallel(inside, before, depth, sorts)
        if sort == "xor":
            return self.choice(inside, before, depth, sorts, "exclusiveGateway")
        return self.choice(inside, before, depth, without(sorts, "or"), "inclusiveGateway")

    def task(self, inside: "_Inside", before: str) -> str:
        name = self.name("task")
        inside.add("manualTask", name)
        inside.flow(before, name)
        return name

    def choice(self, inside: "_Inside", before: str, depth: int, sorts: tuple[str, ...], tag: str) -> str:
        decides = self.task(inside, before)
        split, join, default = self.name("split"), self.name("join"), self.name("flow")
        inside.add(tag, split, default)
        inside.add(tag, join)
        inside.flow(decides, split)
        for branch in range(self.random.randint(2, 3)):
            first = self.name("task")
            inside.add("manualTask", first)
            if branch == 0:
                inside.flow(split, first, name=default)
            else:
                inside.flow(split, first, f"{decides}_{branch}")
            inside.flow(self.sequence(inside, first, depth - 1, sorts), join)
        return join

    def parallel(self, inside: "_Inside", before: str, depth: int, sorts: tuple[str, ...]) -> str:
        split, join = self.name("split"), self.name("join")
        inside.add("parallelGateway", split)
        inside.add("parallelGateway", join)
        inside.flow(before, split)
        for _ in range(self.random.randint(2, 3)):
            inside.flow(self.sequence(inside, split, depth - 1, sorts), join)
        return join

    def loop(self, inside: "_Inside", before: str, depth: int, sorts: tuple[str, ...]) -> str:
        merge, split, out = self.name("merge"), self.name("split"), self.name("flow")
        inside.add("exclusiveGateway", merge)
        inside.add("exclusiveGateway", split, out)
        inside.flow(before, merge)
        decides = self.task(inside, self.sequence(inside, merge, depth - 1, sorts))
        inside.flow(decides, split)
        inside.flow(split, merge, f"{decides}_1")
        after = self.name("task")
        inside.add("manualTask", after)
        inside.flow(split, after, name=out)
        return after


def without(sorts: tuple[str, ...], *others: str) -> tuple[str, ...]:
    return tuple(sort for sort in sorts if sort not in others)


class _Inside:
    """The elements and flows of one scope."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.flows = 0

    def add(self, tag: str, name: str, default: str = "") -> None:
        more = f' default="{default}"' if default else ""
        self.parts.append(f'<{tag} id="{name}" name="{name}"{more}/>')

    def nest(self, name: str, inner: str) -> None:
        self.parts.append(f'<subProcess id="{name}" name="{name}">{inner}</subProcess>')

    def flow(self, source: str, target: str, condition: str = "", name: str = "") -> None:
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        name = name or f"{source}_{target}"
        self.parts.append(
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )

    def xml(self) -> str:
        return "".join(self.parts)


def process(seed: int) -> str:
    """Conditions are single names of variables, which mean the same in every language."""
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench" id="d">'
        f'<process id="p" name="Walk" isExecutable="true">{_Forest(seed).scope(2, SORTS)}</process></definitions>'
    )


def walk(
    seed: int, ready: Callable[[], list[str]], complete: Callable[[str, dict[str, bool]], None]
) -> list[list[str]]:
    """All tasks that were open before each step, the one that was completed first; at the end none, or too long."""
    random, trace = Random(f"walk {seed}"), []
    for _ in range(LONGEST):
        open_now = sorted(ready())
        if not open_now:
            break
        chosen = random.choice(open_now)
        trace.append([chosen, *open_now])
        complete(chosen, {f"{chosen}_{n}": random.random() < 0.4 for n in (1, 2)})
    return trace
