"""Long work on many drafts at once: holding, releasing, throwing away, reopening, looking at them again."""

from rebill.interfaces.work.choosing import chosen_drafts
from rebill.interfaces.work.contract import Job, Result
from rebill.runs.commands import discard_drafts, hold_drafts, release_drafts, reopen_drafts, review_drafts


def hold_many(job: Job) -> Result:
    """Holds the chosen drafts back, for the `reason`."""
    drafts = chosen_drafts(job.acting, job.request)
    return {"held": hold_drafts(acting=job.acting, drafts=drafts, reason=job.request["reason"], now=job.now)}


def release_many(job: Job) -> Result:
    """Puts the chosen drafts back among the open ones."""
    drafts = chosen_drafts(job.acting, job.request)
    return {"released": release_drafts(acting=job.acting, drafts=drafts, now=job.now)}


def reopen_many(job: Job) -> Result:
    """Takes the approvals of the chosen drafts back."""
    drafts = chosen_drafts(job.acting, job.request)
    return {"reopened": reopen_drafts(acting=job.acting, drafts=drafts, now=job.now)}


def review_many(job: Job) -> Result:
    """Judges the chosen drafts again."""
    return {"reviewed": review_drafts(acting=job.acting, drafts=chosen_drafts(job.acting, job.request))}


def discard_many(job: Job) -> Result:
    """Throws the chosen drafts away, for the `reason`; with `retell` their charges are made anew by the next run."""
    drafts = chosen_drafts(job.acting, job.request)
    discarded = discard_drafts(
        acting=job.acting, drafts=drafts, reason=job.request["reason"], retell=job.request["retell"], now=job.now
    )
    return {"discarded": discarded}
