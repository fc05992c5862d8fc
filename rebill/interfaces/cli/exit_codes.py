"""How a command ends, for scripts."""

DONE = 0
# Something was left out, and the command said what.
PARTLY = 1
# Nothing was done, and the command said why.
REFUSED = 2
# A fault of rebill itself.
FAULT = 3
# What was piped in could not be kept now; a mail server brings it again (EX_TEMPFAIL of sysexits.h).
TRY_AGAIN = 75
