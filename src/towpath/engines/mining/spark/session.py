"""Spark as it is told where to run by its own means: spark-defaults.conf, PYSPARK_SUBMIT_ARGS, SPARK_REMOTE; else here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from towpath.engines.mining.errors import StoreError

PACKAGES = (
    "the engine 'spark' is an extra that is not installed: .venv/bin/pip install -r requirements-spark.lock, "
    "where Towpath is a package pip install 'towpath[spark]'"
)
JAVA = (
    "Spark did not start. It needs Java 17 or newer: on Debian apt install openjdk-17-jre-headless, "
    "else set JAVA_HOME to where it lies. What Spark says stands above"
)


TOP = 100_000  # rows that are put in order in memory when only the first are wanted; more are sorted, on disk if need be


@cache
def connected() -> Any:
    """Ibis on Spark, one for the process. StoreError says what has to be installed."""
    try:
        import ibis
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

        backend = ibis.pyspark
    except ImportError:
        raise StoreError(PACKAGES) from None
    try:
        session = SparkSession.builder.appName("towpath").getOrCreate()
    except (PySparkException, OSError) as why:
        raise StoreError(f"{JAVA}: {why}") from None
    session.conf.set("spark.sql.execution.topKSortFallbackThreshold", TOP)
    return backend.connect(session)


def table(path: Path) -> Any:
    """A Parquet file as an Ibis table. Every machine has to see it in the same place."""
    with _told():
        return connected().read_parquet(path.resolve().as_uri())


def rows(question: Any) -> list[tuple[Any, ...]]:
    """All of the answer."""
    with _told():
        return [tuple(row) for row in _frame(question).collect()]


def stream(question: Any) -> Iterator[tuple[Any, ...]]:
    """The answer, part after part."""
    with _told():
        yield from map(tuple, _frame(question).toLocalIterator())


def _frame(question: Any) -> Any:
    """Ibis writes the question, Spark itself answers: by way of pandas whole numbers beside nulls would become floats."""
    connection = connected()
    return connection._session.sql(connection.compile(question))


@contextmanager
def _told() -> Iterator[None]:
    """What fails in Spark in one line; the rest is in its own log."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as why:
        raise StoreError(f"Spark could not answer: {_reason(str(why))}") from why


def _reason(trace: str) -> str:
    """The innermost cause of a Java trace, else what it begins with."""
    causes = [
        line.partition("Caused by: ")[2] for line in trace.splitlines() if line.startswith("Caused by: ")
    ]
    return causes[-1] if causes else trace.strip().partition("\n")[0]
