"""The engines there are, by how the setting REBILL_RATING_ENGINE names them."""

import re
from importlib import import_module
from importlib.util import find_spec

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.sources.usage.engine.contract import Engine
from rebill.sources.usage.engine.embedded import Embedded

SPARK = re.compile(r"spark://|local(\[|$)|k8s://|yarn$")


class EngineUnknown(Invalid):
    """No engine is called so, or it is not installed."""


def engine_for(url: str) -> Engine:
    """Nothing and "polars" are Polars in this process; "spark://…", "local[*]" and other masters of Spark are Spark."""
    if url in ("", "polars"):
        return Embedded()
    if not SPARK.match(url):
        raise EngineUnknown(
            _("%(url)s is no rating engine: leave it empty, or name a Spark such as spark://host:7077.", url=url)
        )
    if find_spec("pyspark") is None:
        raise EngineUnknown(
            _("%(url)s needs Spark, which is not installed: pip install 'rebill[spark]' and Java 17.", url=url)
        )
    # By its name, because most machines have no Spark to import.
    engine: Engine = import_module("rebill.sources.usage.engine.cluster").connected(url)
    return engine
