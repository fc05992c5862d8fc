"""Passwords of tests: kept as in use, but hashed once instead of a million times."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own hasher. How often it hashed stands in what is kept, so that processes of their own can check it."""

    iterations = 1
