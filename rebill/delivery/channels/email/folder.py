"""Mails as files: each mail one `.eml` in a folder, which any mail program opens. Nobody is mailed."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_UNSAFE = re.compile(r"[^\w.@+-]+")


class EmailBackend(BaseEmailBackend):
    """Writes each mail to `settings.EMAIL_FILE_PATH`, named after what is attached, or else after its subject."""

    # How attempts name who took the mail.
    esp_name = "the mail folder"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._folder = Path(settings.EMAIL_FILE_PATH)

    def open(self) -> bool:
        """Makes the folder, where it is missing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many mails were written; a mail is whole under its name or not there at all."""
        self.open()
        for message in email_messages:
            waiting = self._folder / f".{os.getpid()}.part"
            waiting.write_bytes(message.message().as_bytes())
            self._give_name(waiting, _name_of(message))
        return len(email_messages)

    def _give_name(self, waiting: Path, name: str) -> None:
        """The first free name; a link is only made where nothing stands yet, whoever else is writing."""
        number = 1
        while True:
            try:
                os.link(waiting, self._folder / (f"{name}.eml" if number == 1 else f"{name}-{number}.eml"))
            except FileExistsError:
                number += 1
            else:
                waiting.unlink()
                return


def _name_of(message: EmailMessage) -> str:
    attached = [part[0] for part in message.attachments if isinstance(part, tuple) and part[0]]
    called = Path(attached[0]).stem if attached else str(message.subject)
    return _UNSAFE.sub("-", called).strip("-.")[:100] or "mail"
