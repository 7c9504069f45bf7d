"""Event logs: read, kept by columns, counted, filtered and compared. Pure: no Django, no network, no clock.

    log = mining.read("permits.xes.gz")                     # or .csv, .parquet, OCEL 2.0 as .sqlite or .json
    log = mining.read("export.csv", "mapping.yaml")         # columns corrected; log.mapping.yaml() shows what was taken
    log = mining.read("new.csv", store="permits.towpath")   # kept in a file; more is appended, all of it or nothing
    log = mining.reopen("permits.towpath")
    mining.spread("permits.towpath", "permits")             # as a folder of Parquet; mining.reopen("permits") counts on Spark
    log.doubts, log.left_out                                # what is doubtful; rows left out with good_rows=True

    log.summary .map() .variants() .durations() .starts() .ends() .rework() .handovers(by) .pingpong(by)
    log.funnel("Received", "Decided", by="channel") .cases(limit, order) .case(number) .values(column)
    log.spent(by) .volumes(step) .weekdays() .labels(column) .paths(most)           # time, arrivals, names, ways
    log.between(start, end, keep) .where(unit="Permits") .where_column(name, values, keep, without)
    log.passing(a, b) .taking(variant) .lasting(least, most) .named(*numbers)      # a log again; they can be chained
    log.compare(other)                                      # what differs, and whether by more than chance
    log.conformance(process, silent=(), seconds=30) # beside a bpmn.Process: what fits, deviations by cases and days
    log.discover(noise=0.2)                                 # a model of what is done, as BPMN with its diagram
    log.renewed("changed.csv")                              # its cases take the place of those that were there
    log.save("part.parquet")                                # or .xes, .xes.gz, OCEL 2.0 as .json, .sqlite

    mining.Forecast(log.paths()).remaining(steps, times, now)   # .method .backtest: what is used, and how it did
    mining.weekly_volumes(log.volumes("week"))      # new cases in the next weeks, likewise
    mining.Precedents(log.paths()).next(steps)      # what comes next, if enough cases went the same way
    mining.learn(log, process)                      # .plan for bpmn.simulate; .known and .doubts: where it comes from

Order is by case, then time in UTC, then place in the file. Answers are plain dataclasses (`results`). All SQL lies
behind `port.Engine`, in `duck`; `spark` answers the same with Ibis on Spark, an extra for logs that outgrow a machine.
"""

from towpath.engines.mining.errors import LogError, MiningError, Problem, QuestionError, RoomError, StoreError
from towpath.engines.mining.learn import Learned, learn
from towpath.engines.mining.log import ENGINES, Log, read, reopen, spread
from towpath.engines.mining.mapping import Mapping
from towpath.engines.mining.mapping import load as load_mapping
from towpath.engines.mining.precedents import Next, Precedents
from towpath.engines.mining.predict import Backtest, Forecast, Remaining
from towpath.engines.mining.results import (
    Activity,
    Case,
    Conformance,
    Deviation,
    Difference,
    Durations,
    Edge,
    Event,
    Funnel,
    Handover,
    Import,
    Judged,
    Map,
    Period,
    PingPong,
    Rework,
    Spent,
    Summary,
    Variant,
)
from towpath.engines.mining.results import Path as CasePath
from towpath.engines.mining.room import told as room_told
from towpath.engines.mining.room import whole
from towpath.engines.mining.weekly import Volumes, Week
from towpath.engines.mining.weekly import volumes as weekly_volumes

__all__ = [
    "ENGINES",
    "Activity",
    "Backtest",
    "Case",
    "CasePath",
    "Conformance",
    "Deviation",
    "Difference",
    "Durations",
    "Edge",
    "Event",
    "Forecast",
    "Funnel",
    "Handover",
    "Import",
    "Judged",
    "Learned",
    "Log",
    "LogError",
    "Map",
    "Mapping",
    "MiningError",
    "Next",
    "Period",
    "PingPong",
    "Precedents",
    "Problem",
    "QuestionError",
    "Remaining",
    "Rework",
    "RoomError",
    "Spent",
    "StoreError",
    "Summary",
    "Variant",
    "Volumes",
    "Week",
    "learn",
    "load_mapping",
    "read",
    "reopen",
    "room_told",
    "spread",
    "weekly_volumes",
    "whole",
]
