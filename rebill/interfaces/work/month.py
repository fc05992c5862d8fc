"""The long work of a month: making the drafts of a run, and approving and issuing them."""

from dataclasses import replace
from datetime import date

from rebill import pipeline
from rebill.interfaces import jobs
from rebill.interfaces.work.choosing import chosen_drafts
from rebill.interfaces.work.contract import Job, Result
from rebill.runs.commands import approve_drafts, change_invoice_date, discard_drafts, renew_tally
from rebill.runs.models import DraftState
from rebill.runs.queries.drafts import DraftFilter, find_drafts, run_of


def prepare_drafts(job: Job) -> Result:
    """Makes the drafts of the run on the day `billed_on`, or adds to them what has come since; with `chain` those of
    every dealer below the seller too. The result names the seller's own run."""
    if job.request.get("chain"):
        links = pipeline.prepare_chain(
            acting=job.acting,
            billed_on=date.fromisoformat(job.request["billed_on"]),
            now=job.now,
            progress=job.advance,
        )
        return {
            "run": links[0].prepared.run_id,
            "sellers": len(links),
            **{
                name: sum(getattr(link.prepared, name) for link in links)
                for name in ("customers", "charges", "drafts", "auto_approved")
            },
        }
    prepared = pipeline.prepare(
        acting=job.acting,
        billed_on=date.fromisoformat(job.request["billed_on"]),
        now=job.now,
        progress=job.advance,
    )
    return {
        "run": prepared.run_id,
        "customers": prepared.customers,
        "charges": prepared.charges,
        "drafts": prepared.drafts,
        "auto_approved": prepared.auto_approved,
    }


def remake_drafts(job: Job) -> Result:
    """Makes the drafts of a run again: adds what has come since, or, `anew`, throws the open ones away before."""
    run = run_of(acting=job.acting, run_id=job.request["run"])
    discarded = 0
    if job.request.get("anew"):
        opened = find_drafts(acting=job.acting, wanted=DraftFilter(run.pk, tab="current")).filter(state=DraftState.OPEN)
        job.advance("discard", 0, None)
        discarded = discard_drafts(acting=job.acting, drafts=opened, reason="", now=job.now)
    request = {**job.request, "billed_on": run.billed_on.isoformat()}
    made = prepare_drafts(replace(job, request=request))
    renew_tally(acting=job.acting, run_id=run.pk)
    return {**made, "discarded": discarded}


def approve_and_issue(job: Job) -> Result:
    """Approves the drafts that were chosen, issues what is approved of the run, and starts the sending.

    `drafts` names them one by one; without it `tab`, `search`, `warning` and `channel` say which: all that match now.
    `invoice_on` is the date on the invoices, if another than today was chosen.
    """
    request = job.request
    run_id = request["run"]
    if request.get("invoice_on"):
        invoice_on = date.fromisoformat(request["invoice_on"])
        change_invoice_date(acting=job.acting, run_id=run_id, invoice_on=invoice_on, now=job.now)
    chosen = chosen_drafts(job.acting, request)
    job.advance("approve", 0, None)
    approved = approve_drafts(acting=job.acting, drafts=chosen, now=job.now)
    month = pipeline.issue(acting=job.acting, today=job.today, now=job.now, run_id=run_id, progress=job.advance)
    renew_tally(acting=job.acting, run_id=run_id)
    jobs.start_deliveries()
    return {
        "run": run_id,
        "approved": approved.approved,
        "waiting": approved.waiting,
        "blocked": approved.blocked,
        "documents": month.documents,
        "returned": month.returned,
        "rendered": month.rendered,
        "queued": month.queued,
        "problems": [problem.why for problem in month.problems],
    }
