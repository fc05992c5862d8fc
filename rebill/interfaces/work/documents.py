"""The long work on issued documents: issuing what is approved, making what is missing, sending, printing."""

from rebill import pipeline
from rebill.delivery.commands import make_print_batch
from rebill.interfaces import jobs
from rebill.interfaces.work.contract import Job, Result


def issue_approved(job: Job) -> Result:
    """Issues what is approved, of one `run` if it is named, and starts the sending."""
    month = pipeline.issue(
        acting=job.acting, today=job.today, now=job.now, run_id=job.request.get("run"), progress=job.advance
    )
    jobs.start_deliveries()
    return {
        "documents": month.documents,
        "returned": month.returned,
        "rendered": month.rendered,
        "queued": month.queued,
        "problems": [problem.why for problem in month.problems],
    }


def complete_documents(job: Job) -> Result:
    """Makes the PDFs that are missing, and decides how new documents are sent."""
    month = pipeline.complete_documents(acting=job.acting, now=job.now, progress=job.advance)
    return {
        "rendered": month.rendered,
        "queued": month.queued,
        "problems": [problem.why for problem in month.problems],
    }


def deliver_documents(job: Job) -> Result:
    """Sends what is due now, for as long as a delivery of the timetable takes."""
    return {"words": jobs.deliver_documents(job.acting.seller_id)}


def print_letters(job: Job) -> Result:
    """Binds all letters that wait for paper; more than a printer takes at once make several batches."""
    batches = []
    while (batch := make_print_batch(acting=job.acting, now=job.now)) is not None:
        batches.append({"id": batch.pk, "letters": batch.letters})
        job.advance("print", len(batches), None)
    return {"batches": batches}
