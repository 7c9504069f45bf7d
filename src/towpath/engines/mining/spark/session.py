"""Spark as it is told where to run by its own means: spark-defaults.conf, PYSPARK_SUBMIT_ARGS, SPARK_REMOTE; else here."""

from __future__ import annotations

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
        return backend.connect(SparkSession.builder.appName("towpath").getOrCreate())
    except (PySparkException, OSError) as why:
        raise StoreError(f"{JAVA}: {why}") from None


def table(path: Path) -> Any:
    """A Parquet file as an Ibis table. Every machine has to see it in the same place."""
    return connected().read_parquet(path.resolve().as_uri())


def frame(question: Any) -> Any:
    """Ibis writes the question, Spark itself answers: by way of pandas whole numbers beside nulls would become floats."""
    connection = connected()
    return connection._session.sql(connection.compile(question))


def rows(question: Any) -> list[tuple[Any, ...]]:
    """All of the answer."""
    return [tuple(row) for row in frame(question).collect()]
