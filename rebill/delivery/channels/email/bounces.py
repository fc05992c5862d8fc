"""Reading a returned mail: which mail came back, and in whose words (RFC 3464, delivery status notifications)."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back: the Message-ID it was sent with, and what the returning server said."""

    message_id: str
    words: str


def read_bounce(content: bytes) -> Bounce | None:
    """The bounce that this mail tells of; None when it is another mail, or tells only of a delay."""
    mail = message_from_bytes(content, policy=policy.default)
    failures, message_id = [], ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failures += _failures(part)
        elif kind in ("message/rfc822", "text/rfc822-headers") and not message_id:
            message_id = _original_id(part)
    if not failures or not message_id:
        return None
    return Bounce(message_id, "; ".join(failures))


def _failures(status: Message) -> list[str]:
    """What is said about each recipient who was given up; the first block is about the mail as a whole."""
    said = []
    for block in status.get_payload() if status.is_multipart() else []:
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            words = _last_part(block.get("Diagnostic-Code")) or str(block.get("Status", "")) or "no reason given"
            recipient = _last_part(block.get("Final-Recipient") or block.get("Original-Recipient"))
            said.append(" ".join(f"{recipient}: {words}".split()))
    return said


def _last_part(value: object) -> str:
    """What stands behind the type: "rfc822; a@b.example" names a@b.example, "smtp; 550 no" says 550 no."""
    return str(value or "").partition(";")[2].strip() or str(value or "").strip()


def _original_id(part: Message) -> str:
    if part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
        original: Message = message_from_bytes(part.get_content().encode(), policy=policy.default)
    elif part.is_multipart():
        inner = part.get_payload(0)
        original = inner if isinstance(inner, Message) else part
    else:
        return ""
    return str(original.get("Message-ID", "")).strip()
