"""Making exports, so that their sum is proven, and mailing each of them once."""

from datetime import date, datetime

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.delivery.contract import Accepted, Attachment, Letter, Outcome, Unclear
from rebill.delivery.letters import Sender, sender_of
from rebill.delivery.registry import CHANNELS
from rebill.exports.contract import ExportFormat, Layout
from rebill.exports.files import MEDIA_TYPES, Made, file_name, write_export
from rebill.exports.layouts import check_layout, layout_as_json
from rebill.exports.lines.layouts import LinesLayout, lines_layout_as_json
from rebill.exports.mail_texts import export_mail
from rebill.exports.models import Export, LineLayout
from rebill.exports.queries import (
    Totals,
    billed_totals,
    export_of,
    export_with_key,
    group_sums,
    layout_of_month,
    line_layout_of,
)
from rebill.exports.registry import FORMATS
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.kit.files import read_file, store_file
from rebill.kit.models import StoredFile
from rebill.parties.entries import text_of
from rebill.parties.models import Seller
from rebill.parties.queries import current_look, seller_of

_layout_name = text_of(LineLayout, "name", required=True)

# Somebody may issue a document between the two reads that are compared; then both are made anew.
_TRIES = 3


class SumsDiffer(Conflict):
    """The rows of the export do not add up to the documents they are of."""


class NobodyToMailTo(Conflict):
    """The seller has named no address for exports."""


class MailingUnclear(Conflict):
    """The export was being mailed and nobody wrote down what came of it; it may have arrived."""


def make_combined_export(*, acting: Acting, month: date, layout: Layout, now: datetime, key: str = "") -> Export:
    """Make and keep the combined export of a month: one row per customer and summary group.

    The sum of its rows is proven to be that of the documents; SumsDiffer otherwise. `key` names what the timetable
    makes once: what was made under it before is returned. By hand the same content is the same export. Where more
    than one currency was billed the file gets a column that says which. Mails nothing.
    """
    require(acting, Permission.EXPORT)
    month = month.replace(day=1)
    file_format = FORMATS.get("combined")
    check_layout(layout, file_format)
    made_before = export_with_key(acting, key) if key else None
    if made_before is not None:
        return made_before
    layout = layout_of_month(acting=acting, month=month, layout=layout)
    made = _proven(acting, month, file_format, layout, now)
    with atomic_write():
        file = store_file(made.content, media_type=MEDIA_TYPES[layout.kind], now=now)
        key = key or f"combined:{month:%Y-%m}:{layout.kind}:{file.pk[:32]}"
        return _keep(acting, month, layout, key, file, made, now)


def keep_line_layout(*, acting: Acting, name: str, layout: LinesLayout, now: datetime) -> LineLayout:
    """Keeps how line exports of a side are written under a name, for everybody of the seller; a layout that is there
    under the name is changed. Programs that read by column number feel it at the next export."""
    require(acting, Permission.EXPORT)
    name = _layout_name("name", name)
    content = lines_layout_as_json(layout)
    with atomic_write():
        kept, is_new = LineLayout.objects.select_for_update().get_or_create(
            seller_id=acting.seller_id, side=layout.side.value, name=name, defaults={"content": content}
        )
        if not is_new and kept.content == content:
            return kept
        kept.content = content
        kept.save(update_fields=["content"])
        record_event(
            seller_id=acting.seller_id,
            subject=kept,
            verb="created" if is_new else "changed",
            actor_id=acting.user_id,
            now=now,
            details={"name": name, "side": layout.side.value, "columns": list(layout.columns)},
        )
    return kept


def remove_line_layout(*, acting: Acting, layout_id: int, now: datetime) -> None:
    """Forgets a layout of line exports; what was exported stays where it went."""
    require(acting, Permission.EXPORT)
    with atomic_write():
        kept = line_layout_of(acting, layout_id)
        record_event(
            seller_id=acting.seller_id,
            subject=kept,
            verb="removed",
            actor_id=acting.user_id,
            now=now,
            details={"name": kept.name, "side": kept.side},
        )
        kept.delete()


def mail_export(*, acting: Acting, export: Export, now: datetime, again: bool = False) -> Outcome:
    """Mail an export to the seller's addresses for exports, once; the outcome says what came of it.

    It is written down before it is tried. Mailed already: accepted, and nothing is sent. When nobody knows whether it
    arrived, after a crash or a broken connection, MailingUnclear: a person who wants it sent once more says `again`.
    """
    require(acting, Permission.EXPORT)
    export = export_of(acting, export.pk)
    if export.mailed_at is not None and not again:
        return Accepted(f"It was mailed at {export.mailed_at:%Y-%m-%d %H:%M} UTC.")
    seller = seller_of(acting)
    if not seller.export_emails:
        raise NobodyToMailTo(
            _("%(name)s has no e-mail address for exports. Give one in the seller's details.") % {"name": seller.name}
        )
    sender = sender_of(seller, current_look(seller.pk))
    letter = _letter(export, seller, sender)
    channel = CHANNELS.get("email")
    with channel.open() as session:
        obstacle = session.ready()
        if obstacle is not None:
            _note(acting, export, obstacle, now)
            return obstacle
        _start_mailing(acting, export, now, again=again)
        outcome = session.send(letter)
    with atomic_write():
        rows = Export.objects.filter(pk=export.pk)
        if isinstance(outcome, Accepted):
            rows.update(mailed_at=now, mailed_to=list(letter.recipients))
        elif not isinstance(outcome, Unclear):
            rows.update(mail_started_at=None)
        _note(acting, export, outcome, now)
    return outcome


def _proven(acting: Acting, month: date, file_format: ExportFormat, layout: Layout, now: datetime) -> Made:
    for _try in range(_TRIES):
        sums = group_sums(acting=acting, month=month, basis=layout.basis)
        made = write_export(file_format, sums, month=month, layout=layout, now=now)
        billed = billed_totals(acting=acting, month=month, basis=layout.basis)
        if made.totals == billed:
            return made
    raise SumsDiffer(
        _(
            "The rows of %(month)s come to %(rows)s, the documents to %(documents)s. Nothing was "
            "made. Run `rebill check` to find the document whose lines do not add up."
        )
        % {"month": f"{month:%Y-%m}", "rows": _shown(made.totals), "documents": _shown(billed)}
    )


def _keep(acting: Acting, month: date, layout: Layout, key: str, file: StoredFile, made: Made, now: datetime) -> Export:
    export, is_new = Export.objects.select_related("file").get_or_create(
        seller_id=acting.seller_id,
        key=key,
        defaults={"format": "combined", "month": month, "file": file, "rows": made.rows, "made_at": now},
    )
    if is_new:
        record_event(
            seller_id=acting.seller_id,
            subject=export,
            verb="made",
            actor_id=acting.user_id,
            now=now,
            details={"rows": made.rows, "totals": made.totals, "layout": layout_as_json(layout)},
        )
    return export


def _start_mailing(acting: Acting, export: Export, now: datetime, *, again: bool) -> None:
    """Write down that the mail is on its way, before it is: of two workers only one gets through."""
    rows = Export.objects.filter(pk=export.pk)
    if not again:
        rows = rows.filter(mail_started_at__isnull=True)
    # Durable: refused inside another transaction, whose rollback would forget that it was mailed.
    with transaction.atomic(durable=True):
        if not rows.update(mail_started_at=now, mailed_at=None):
            raise MailingUnclear(
                _(
                    "The export of %(month)s was being mailed and may have arrived. Ask whoever receives it, "
                    "and mail it again only if it did not come."
                )
                % {"month": f"{export.month:%Y-%m}"}
            )


def _note(acting: Acting, export: Export, outcome: Outcome, now: datetime) -> None:
    record_event(
        seller_id=acting.seller_id,
        subject=export,
        verb="mailed" if isinstance(outcome, Accepted) else "mail_failed",
        actor_id=acting.user_id,
        now=now,
        details={"outcome": type(outcome).__name__, "words": outcome.words},
    )


def _letter(export: Export, seller: Seller, sender: Sender) -> Letter:
    subject, body = export_mail(language=seller.language, month=export.month, seller=sender.name, rows=export.rows)
    domain = sender.email.rpartition("@")[2]
    mark = salted_hmac("rebill.exports.message_id", f"{seller.pk}:{export.key}", algorithm="sha256").hexdigest()[:24]
    attachment = Attachment(file_name(export, slug=seller.slug), export.file.media_type, read_file(export.file_id))
    return Letter(
        message_id=f"<rebill-export-{export.pk}-{mark}@{domain}>",
        sender_name=sender.name,
        sender_email=sender.email,
        reply_to=sender.reply_to,
        recipients=tuple(seller.export_emails),
        subject=subject,
        body=body,
        attachments=(attachment,),
        settle_for_some=True,
    )


def _shown(totals: Totals) -> str:
    return ", ".join(f"{minor} {currency} (minor units)" for currency, minor in totals.items()) or "nothing"
