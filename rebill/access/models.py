"""The people who sign in; which sellers they may act for is said by `parties`, which knows the sellers."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person who signs in. The e-mail address is unique, because it names the person to the other people."""

    email = models.EmailField(unique=True)
    language = models.CharField(max_length=2, default="en")

    class Meta:
        ordering = ["username"]
