"""`python -m rebill.interfaces.cli`: the command line, for a process that starts another one with the same Python."""

from rebill.interfaces.cli import main

main()
