"""How the rules are tried: many examples, no stopwatch."""

from hypothesis import settings

# A slow machine is no broken rule.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
