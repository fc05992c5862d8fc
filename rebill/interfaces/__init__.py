"""The doors: the command line, the timetable, and the pages and the API that stand beside them.

Doors read the clock, find out who acts, call commands and queries, and show the result. They decide nothing.
"""
