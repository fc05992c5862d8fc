"""`rebill deliver`: sends what is issued, prints letters, and answers what only a person can know."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.delivery.channels.email.bounces import read_bounce
from rebill.delivery.commands import (
    BounceUnknown,
    Delivered,
    deliver_queued,
    make_print_batch,
    queue_dispatches,
    record_bounce,
    resend_invoice,
    resolve_dispatch,
    retry_dispatch,
)
from rebill.delivery.models import Dispatch, DispatchState
from rebill.delivery.queries import dispatch_counts, dispatch_of, dispatches_to_look_at, print_batches_of
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption, begin_session
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.invoices.queries.invoices import invoice_numbered
from rebill.kit.files import read_file
from rebill.rules.periods import local_day

LETTERS_AT_ONCE = 50
SHOWN = 20

LettersOption = Annotated[
    Path | None, typer.Option("--letters", metavar="FOLDER", help="Bind the letters that wait and write them here.")
]
AgainOption = Annotated[
    str | None, typer.Option("--again", metavar="NUMBER", help="Send the document with this number once more.")
]
ToOption = Annotated[
    list[str] | None, typer.Option("--to", metavar="ADDRESS", help="With --again or --retry: send it here.")
]
ArrivedOption = Annotated[
    list[int] | None, typer.Option("--arrived", metavar="ID", help="This unclear dispatch did arrive.")
]
LostOption = Annotated[
    list[int] | None, typer.Option("--lost", metavar="ID", help="This unclear dispatch did not arrive: send it again.")
]
RetryOption = Annotated[
    list[int] | None, typer.Option("--retry", metavar="ID", help="Try this failed or returned dispatch again.")
]
BouncesOption = Annotated[
    Path | None,
    typer.Option("--bounces", metavar="PATH", help="A returned mail, or a folder of them.", exists=True),
]


def deliver_command(
    seller: SellerOption = None,
    user: UserOption = None,
    letters: LettersOption = None,
    again: AgainOption = None,
    to: ToOption = None,
    arrived: ArrivedOption = None,
    lost: LostOption = None,
    retry: RetryOption = None,
    bounces: BouncesOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Send every document whose turn it is, each once; what failed or is unclear is listed with what was said.

    Leaves with 0 when nothing needs a look, 1 when something does.
    """
    prepare_database()
    session = begin_session(seller=seller, user=user)
    _answer(session, arrived=arrived or [], lost=lost or [], retry=retry or [], to=to)
    returned = _record_bounces(session, bounces)
    if again is not None:
        invoice = invoice_numbered(acting=session.acting, number=again)
        resend_invoice(acting=session.acting, invoice=invoice, recipients=to, now=session.now)
    queued = queue_dispatches(acting=session.acting, now=session.now)
    delivered = _deliver(session.acting, is_silent=as_json)
    written = _write_letters(session, letters) if letters is not None else []
    return _show(session, queued, delivered, written, returned, as_json=as_json)


def _answer(
    session: Session, *, arrived: Iterable[int], lost: Iterable[int], retry: Iterable[int], to: list[str] | None
) -> None:
    acting, now = session.acting, session.now
    for dispatch_id in arrived:
        resolve_dispatch(acting=acting, dispatch=dispatch_of(acting, dispatch_id), arrived=True, now=now)
    for dispatch_id in lost:
        resolve_dispatch(acting=acting, dispatch=dispatch_of(acting, dispatch_id), arrived=False, now=now)
    for dispatch_id in retry:
        retry_dispatch(acting=acting, dispatch=dispatch_of(acting, dispatch_id), recipients=to, now=now)


def _record_bounces(session: Session, path: Path | None) -> int:
    """Note each returned mail; mails that tell of nothing returned, or of others' mails, are let be."""
    if path is None:
        return 0
    recorded = 0
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        bounce = read_bounce(file.read_bytes()) if file.is_file() else None
        if bounce is None:
            continue
        try:
            record_bounce(acting=session.acting, message_id=bounce.message_id, words=bounce.words, now=session.now)
        except BounceUnknown:
            continue
        recorded += 1
    return recorded


def _deliver(acting: Acting, *, is_silent: bool) -> Delivered:
    total = Delivered()
    with output.progress(_("Sending"), is_silent=is_silent) as advance:
        while True:
            delivered = deliver_queued(acting=acting, now=read_clock(), limit=LETTERS_AT_ONCE)
            total = total + delivered
            advance(total.attempted)
            if not delivered.attempted or delivered.obstacle:
                return total


def _write_letters(session: Session, folder: Path) -> list[str]:
    """Bind all letters that wait, and write the batches of today that the folder does not have yet.

    So a batch whose file was lost on the way is there after the same command.
    """
    while make_print_batch(acting=session.acting, now=session.now) is not None:
        continue
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for batch in print_batches_of(session.acting):
        made_on = local_day(batch.made_at, session.seller.time_zone)
        if made_on < session.today:
            break
        path = folder / f"letters-{made_on}-{batch.pk}.pdf"
        if not path.exists():
            path.write_bytes(read_file(batch.file_id))
            written.append(str(path))
    return sorted(written)


def _show(
    session: Session, queued: int, delivered: Delivered, written: list[str], returned: int, *, as_json: bool
) -> int:
    to_look_at = dispatches_to_look_at(session.acting)
    count = to_look_at.count()
    code = PARTLY if count or delivered.obstacle else DONE
    states = dispatch_counts(session.acting)
    if as_json:
        output.print_json(
            {
                "queued": queued,
                "accepted": delivered.accepted,
                "postponed": delivered.postponed,
                "failed": delivered.failed,
                "unclear": delivered.unclear,
                "bounced": returned,
                "waiting": states[DispatchState.QUEUED],
                "obstacle": delivered.obstacle,
                "letters": written,
                "to_look_at": [_as_json(dispatch) for dispatch in to_look_at[:1000]],
            }
        )
        return code
    screen = output.screen()
    screen.print(
        _("%(accepted)s sent, %(states)s waiting, %(count)s need a look.")
        % {"accepted": f"{delivered.accepted:,}", "states": f"{states[DispatchState.QUEUED]:,}", "count": f"{count:,}"}
    )
    if delivered.obstacle:
        screen.print(output.plain(delivered.obstacle))
    for path in written:
        screen.print(output.plain(_("Letters: %(path)s") % {"path": path}))
    if count:
        rows = [_row(dispatch) for dispatch in to_look_at[:SHOWN]]
        output.print_table((_("Dispatch"), _("Document"), _("Customer"), _("State"), _("What was said")), rows)
    return code


def _row(dispatch: Dispatch) -> tuple[object, ...]:
    invoice = dispatch.invoice
    return str(dispatch.pk), invoice.number, invoice.customer_name, dispatch.state, dispatch.last_words


def _as_json(dispatch: Dispatch) -> dict[str, object]:
    return {
        "dispatch": dispatch.pk,
        "document": dispatch.invoice.number,
        "channel": dispatch.channel,
        "recipients": dispatch.recipients,
        "state": dispatch.state,
        "words": dispatch.last_words,
    }
