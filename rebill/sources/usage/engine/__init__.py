"""The rating of calls as one set of expressions, run by Polars on one machine and by Spark on many.

`rating.rate` is the way in; `registry.engine_for` says what it runs on. What a call costs is the same as in
`rebill.rules.rating`, which prices one call after the other.
"""
