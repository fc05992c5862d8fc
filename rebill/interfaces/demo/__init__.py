"""The demo partner: Waterkant Groep of Groningen, its customers, and the month that `rebill demo` runs.

Every name, address and number is invented, and the same each time. `base` puts the partner together, `files` writes it
down as the spreadsheets that a partner has, `story` imports them and runs the month, one step after the other.
"""
