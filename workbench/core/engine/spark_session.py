"""Sessions of Apache Spark: started by an address, quiet, and giving back what they do not use."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from workbench.core.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CODE = "org.apache.spark.sql.catalyst.expressions.codegen.CodeGenerator"
NO_BARS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}  # between the dated lines of a run
# each chapter is an application of its own: one that does nothing gives its executors back, so that none waits for it
GIVEN_BACK = {
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.initialExecutors": "1",
    "spark.dynamicAllocation.executorIdleTimeout": "10s",
    "spark.dynamicAllocation.shuffleTracking.timeout": "10s",
}


def start_session(address: str, settings: Mapping[str, str]) -> SparkSession:
    """Start a session, or return the one that this process has.

    Parameters
    ----------
    address
        ``spark://host:port`` (a standalone master), ``spark://local[2]``, or ``sc://host:port`` (Spark Connect).
    settings
        Settings of the session; they go before those of the workbench.

    Raises
    ------
    EngineError
        If PySpark is not installed, or nobody answers at the address.
    """
    if find_spec("pyspark") is None:
        raise EngineError(
            "A spark:// engine needs PySpark.",
            found="pyspark is not installed",
            fix="pip install 'pyspark>=4'",
            where="spark",
        )
    from pyspark.sql import SparkSession

    keep_quiet()  # before the session: starting it already says something
    builder: Any = SparkSession.builder
    if address.startswith("sc://"):
        builder = builder.remote(address)
    else:
        place = address.removeprefix("spark://")
        master = place if place.startswith("local") else address
        # workers of this machine have this Python; those of a cluster have what its administrator says
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.master(master).appName("workbench")
        settings = {**NO_BARS, **({} if master != address else GIVEN_BACK), **settings}
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except Exception as error:  # Py4J and Connect have errors of their own kinds for a master that is not there
        raise EngineError(
            "The cluster that wave.yaml names answers.",
            found=f"{address}: {str(error).strip().splitlines()[0]}",
            fix="Start it, or correct 'engine'; Java 17 or later must be there for all but sc:// addresses.",
            where="spark",
        ) from error
    if not address.startswith("sc://"):
        # Java's warnings of plans would stand between the dated lines of a run
        session.sparkContext.setLogLevel("ERROR")
        # a plan too long to be compiled is interpreted, which is no error
        levels: Any = session.sparkContext._jvm.org.apache.logging.log4j
        levels.core.config.Configurator.setLevel(CODE, levels.Level.OFF)
    return session


def keep_quiet() -> None:
    """Keep PySpark from printing what a run's lines and refusals say: its stack traces as JSON, its view of pandas."""
    from pyspark.logger import PySparkLogger

    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel("CRITICAL")
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
