"""Makes the exports in this folder: two years of building permits in two made-up towns, as old systems would give them.

`python demo/legacy-export/make.py` writes millbrook.csv and eastmere.csv anew, always the same. Nobody in them exists.
Millbrook asks for missing drawings one at a time and passes cases to and fro between counter and planners; Eastmere
checks papers when they come in. Some rows are as rows of old systems are: a date of 1970, a line without a date.
"""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

HEAD = ("Case number", "Step", "Started", "Finished", "Department", "Clerk", "Channel", "Note")
BEGIN = datetime(2024, 1, 2, 9, 0)  # noqa: DTZ001 old systems write the time on the wall
END = datetime(2026, 1, 1)  # noqa: DTZ001
CLERKS = {
    "Counter": ("c.alder", "c.birch"),
    "Planning": ("p.cedar", "p.dogwood", "p.elm"),
    "Fire service": ("f.fir",),
    "Finance": ("m.hazel",),
}
# step: department, hours of work, days of waiting before it (the middle)
STEPS = {
    "Application received": ("Counter", 0.2, 0.0),
    "Completeness check": ("Counter", 0.5, 2.0),
    "Ask for missing documents": ("Counter", 0.3, 0.5),
    "Documents received": ("Counter", 0.2, 9.0),
    "Site visit": ("Planning", 3.0, 8.0),
    "Planning assessment": ("Planning", 4.0, 6.0),
    "Fire safety advice": ("Fire service", 2.0, 15.0),
    "Question to the counter": ("Counter", 0.3, 3.0),
    "Decision drafted": ("Planning", 2.0, 3.0),
    "Decision signed": ("Planning", 0.2, 5.0),
    "Fee invoiced": ("Finance", 0.2, 2.0),
    "Decision sent": ("Counter", 0.2, 1.0),
}


class Town:
    """How one town works: `missing`: how likely papers are missing; `asks`: at most so often; `slow`: times the waits."""

    def __init__(
        self, name: str, seed: int, cases: int, missing: float, asks: int, questions: float, slow: float
    ) -> None:
        self.name, self.cases, self.missing, self.asks = name, cases, missing, asks
        self.questions, self.slow, self.chance = questions, slow, random.Random(seed)  # noqa: S311 a made-up world

    def way(self) -> list[str]:
        steps = ["Application received", "Completeness check"]
        for _ in range(self.asks):
            if self.chance.random() >= self.missing:
                break
            steps += ["Ask for missing documents", "Documents received", "Completeness check"]
        if self.chance.random() < 0.06:
            return steps  # withdrawn without a word
        steps += ["Site visit", "Planning assessment"]
        if self.chance.random() < 0.35:
            steps += ["Fire safety advice", "Planning assessment"]
        if self.chance.random() < self.questions:
            steps += ["Question to the counter", "Planning assessment"]
        return [*steps, "Decision drafted", "Decision signed", "Fee invoiced", "Decision sent"]

    def rows(self) -> list[tuple[str, ...]]:
        found = []
        for number in range(self.cases):
            # More come in spring.
            days = self.chance.uniform(0, 729)
            if not 60 < days % 365 < 150 and self.chance.random() < 0.25:
                days = self.chance.choice((60, 425)) + self.chance.uniform(0, 90)
            found += self.case(f"{self.name[0]}-{number + 1:05}", BEGIN + timedelta(days=days))
        return sorted(found, key=lambda row: (row[3], row[0]))

    def case(self, number: str, at: datetime) -> list[tuple[str, ...]]:
        channel = self.chance.choices(("counter", "letter", "web form"), (5, 3, 2))[0]
        rows = []
        for step in self.way():
            department, hours, days = STEPS[step]
            waits = self.chance.lognormvariate(0, 0.9) * days * (self.slow if department == "Planning" else 1)
            start = office(at + timedelta(days=waits))
            at = start + timedelta(hours=hours * self.chance.uniform(0.5, 2))
            if at >= END:
                break
            clerk = self.chance.choice(CLERKS[department])
            note = (
                self.chance.choice(("", "", "", "see file", "=see(B2)", "tel. 14.05."))
                if step == "Site visit"
                else ""
            )
            rows.append((number, step, shown(start), shown(at), department, clerk, channel, note))
        return rows


def office(time: datetime) -> datetime:
    """The next time somebody is there: Monday to Friday, from eight to four."""
    if time.hour >= 16:
        time = (time + timedelta(days=1)).replace(hour=8)
    while time.weekday() >= 5:
        time = (time + timedelta(days=1)).replace(hour=8)
    return time.replace(hour=max(8, time.hour))


def shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def write(town: Town, folder: Path) -> None:
    rows = town.rows()
    for place in (700, 1400):
        rows[place] = (*rows[place][:3], "1970-01-01 00:00", *rows[place][4:])
    rows[900] = (*rows[900][:3], "", *rows[900][4:])
    with (folder / f"{town.name.lower()}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(rows)


def millbrook() -> Town:
    return Town("Millbrook", 11, 420, missing=0.5, asks=3, questions=0.4, slow=1.5)


def eastmere() -> Town:
    return Town("Eastmere", 12, 300, missing=0.2, asks=1, questions=0.08, slow=1.0)


def main() -> None:
    for town in (millbrook(), eastmere()):
        write(town, Path(__file__).parent)


if __name__ == "__main__":
    main()
