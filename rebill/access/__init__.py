"""Who acts, for which seller, with which right.

In:   a user, a seller and the role between them.
Does: names the acting user of every command and says what each role may do.
Out:  `Acting`, the first argument of every command and query.
"""
