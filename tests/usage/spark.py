"""Where Spark is not installed, its tests are skipped."""

import shutil
from importlib.util import find_spec

import pytest

MISSING = [name for name, there in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java"))) if not there]

needs_spark = pytest.mark.skipif(
    bool(MISSING), reason=f"{' and '.join(MISSING)} missing: pip install --require-hashes -r requirements/spark.txt"
)
