"""The long work of exports: making one, and mailing it."""

from datetime import date, datetime

from rebill.delivery.contract import Accepted
from rebill.exports.commands import mail_export, make_combined_export
from rebill.exports.layouts import read_layout
from rebill.exports.queries import export_of
from rebill.exports.registry import FORMATS
from rebill.interfaces.work.contract import Job, Result
from rebill.parties.queries import seller_of


def make_export(job: Job) -> Result:
    """Makes the combined export of the `month` in this `layout`."""
    language = seller_of(job.acting).language
    layout = read_layout(job.request["layout"], FORMATS.get("combined"), language=language)
    month = date.fromisoformat(job.request["month"])
    export = make_combined_export(acting=job.acting, month=month, layout=layout, now=job.now)
    return {"export": export.pk, "rows": export.rows}


def mail_made_export(job: Job) -> Result:
    """Mails the `export`; `again` sends what was sent before `asked_at` once more, and nothing that was sent since."""
    export = export_of(job.acting, job.request["export"])
    asked_at = datetime.fromisoformat(job.request["asked_at"])
    is_older = export.mail_started_at is None or export.mail_started_at < asked_at
    outcome = mail_export(acting=job.acting, export=export, now=job.now, again=job.request["again"] and is_older)
    return {"export": export.pk, "sent": isinstance(outcome, Accepted), "words": outcome.words}
