"""Letters through any other mail backend: a provider's API by anymail, files, the console, a test's memory.

Such a backend says less than SMTP does, so what its exceptions mean is read with care: where it is not certain that
nothing was handed over the outcome is unclear.
"""

import logging
import smtplib
from contextlib import suppress
from typing import Any

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from rebill.delivery.channels.email.message import message_of
from rebill.delivery.channels.email.smtp import by_code, words_of
from rebill.delivery.contract import Accepted, Letter, Outcome, Rejected, TryLater, Unclear

logger = logging.getLogger(__name__)

# Answers of a provider that say: not now, or not with this key. Everything else below 500 is about the letter itself.
_NOT_NOW = frozenset({401, 402, 403, 408, 425, 429, 503})


class BackendSession:
    """One opened backend for many letters."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend

    def ready(self) -> TryLater | None:
        try:
            self._backend.open()
        except (OSError, ImproperlyConfigured) as error:
            return TryLater(f"{_name(self._backend)} is not ready: {error}")
        return None

    def send(self, letter: Letter) -> Outcome:
        try:
            message = message_of(letter)
            message.message()
        except ValueError as error:
            return Rejected(str(error))
        # Providers report bounces by ids of their own and hand this back with them.
        message.metadata = {"message_id": letter.message_id}  # type: ignore[attr-defined]
        try:
            return self._hand_over(message)
        except AnymailUnsupportedFeature:
            # Refused before anything was sent: this provider has no such field.
            del message.metadata  # type: ignore[attr-defined]
        try:
            return self._hand_over(message)
        except AnymailUnsupportedFeature as error:
            return Rejected(str(error))

    def close(self) -> None:
        with suppress(OSError):
            self._backend.close()

    def _hand_over(self, message: EmailMessage) -> Outcome:
        try:
            taken = self._backend.send_messages([message])
        except AnymailUnsupportedFeature:
            raise
        except Exception as error:
            known = _known(error)
            if known is None:
                logger.exception("Whether %s sent a mail is not known.", _name(self._backend))
            return known or Unclear(f"{_name(self._backend)}: {error}")
        if not taken:
            return Rejected(f"{_name(self._backend)} did not send it.")
        return Accepted(_status(message) or f"Taken by {_name(self._backend)}.")


def _known(error: Exception) -> Outcome | None:
    """The outcome where the exception leaves no doubt."""
    if isinstance(error, AnymailAPIError) and error.status_code is not None:
        if error.status_code in _NOT_NOW:
            return TryLater(str(error))
        return Rejected(str(error)) if 400 <= error.status_code < 500 else None
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress | AnymailSerializationError):
        return Rejected(str(error))
    if isinstance(error, AnymailConfigurationError | ImproperlyConfigured | ConnectionRefusedError):
        return TryLater(str(error))
    if isinstance(error, requests.RequestException):
        return TryLater(str(error)) if _never_connected(error) else None
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return by_code(error.smtp_code, reply if isinstance(reply, bytes) else str(reply).encode())
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _ in error.recipients.values()}
        return Rejected(words_of(error)) if min(codes, default=0) >= 500 else TryLater(words_of(error))
    return None


def _never_connected(error: requests.RequestException) -> bool:
    """Whether the request cannot have reached the provider."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    causes: list[Any] = [error.__cause__, *error.args]
    while causes:
        cause = causes.pop()
        if isinstance(cause, NewConnectionError | ConnectTimeoutError | requests.ConnectTimeout):
            return True
        if isinstance(cause, Exception):
            causes.extend([getattr(cause, "reason", None), *cause.args])
    return False


def _status(message: EmailMessage) -> str:
    """What a provider said about each recipient, and its own id of the mail."""
    status = getattr(message, "anymail_status", None)
    if status is None or not status.recipients:
        return ""
    each = "; ".join(f"{address}: {recipient.status}" for address, recipient in status.recipients.items())
    return f"{each}; id {status.message_id}" if status.message_id else each


def _name(backend: BaseEmailBackend) -> str:
    return str(getattr(backend, "esp_name", "")) or f"{type(backend).__module__}.{type(backend).__qualname__}"
