"""kit: Django tools without business nouns.

In    settings, the database connection, values of `rules/`
Does  exact columns, states that move by table, gapless numbers, bulk reads and writes, events, stored files, plugins
Out   what every stage builds on; nothing here knows an invoice from an order
"""
