"""The command line: `rebill`, for the machine it runs on.

Django must know its settings before anything with tables is imported. This is the one place that sees to it: Python
runs this file before every other module of the package, so they import as usual.
"""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebill.config.settings")
if not apps.ready:
    django.setup()

from rebill.interfaces.cli.app import app as commands
from rebill.interfaces.cli.app import main

__all__ = ["commands", "main"]
