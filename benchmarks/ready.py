"""Sets Django up and runs a measuring module: `python -m benchmarks.ready benchmarks.month 1000`."""

import runpy
import sys

import django

if __name__ == "__main__":
    django.setup()
    module, *sys.argv[1:] = sys.argv[1:]
    runpy.run_module(module, run_name="__main__")
