"""What allauth asks us: who may sign up, and how its mails are called."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OfficeAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up without an invitation, and mails carry no prefix."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return subject
