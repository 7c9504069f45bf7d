"""A log on Spark: the port's questions as Ibis expressions over Parquet that every machine of a cluster can read.

An extra (`pip install 'towpath[spark]'`, Java 17): nothing of it is imported until somebody asks for this engine. On one
machine DuckDB was quicker on every log that was tried (ADR 0027).
"""

from __future__ import annotations

from pathlib import Path

from towpath.engines.mining.port import Engine


def opened(folder: Path | None) -> Engine:
    """The log in a folder, or a new one. StoreError says what has to be installed."""
    from towpath.engines.mining.spark.session import connected

    connected()  # before what needs the packages is imported, and before anything is read
    from towpath.engines.mining.spark.store import SparkStore

    return SparkStore(folder)
