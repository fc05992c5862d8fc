"""The command line: `rebill`, for the machine it runs on.

Django must know its settings before anything with tables is imported; Python runs this file before every other module
of the package. Which tables there are it is told when a command is asked for (`on_demand.py`): help needs none.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebill.config.settings")

from rebill.interfaces.cli.app import app as commands
from rebill.interfaces.cli.app import main

__all__ = ["commands", "main"]
