"""Long work: asked for with 202, and watched here until it has come to its end."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from rebill.access.acting import Permission, require
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Shown
from rebill.interfaces.work.doing import ask
from rebill.kit.models import Work
from rebill.kit.work import WorkUnknown, work_of, works_of

works = Endpoints(None, "Work")


class WorkShown(Shown):
    """A piece of long work: how far it is, and what it came to."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "refused", "failed"]
    step: str
    done: int
    total: int | None = Field(description="null while nobody knows.")
    result: dict[str, Any] = Field(description="What it came to; what it holds depends on the kind.")
    words: str = Field(description="Why it was refused or failed.")
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def show_work(work: Work) -> WorkShown:
    """The work as an answer says it."""
    return WorkShown.model_validate(work, from_attributes=True)


def accept(request: ApiRequest, kind: str, permission: Permission, asked: dict[str, Any]) -> WorkShown:
    """Asks for long work, if the role permits it now: the work itself asks again when it is done."""
    require(request.acting, permission)
    return show_work(ask(acting=request.acting, kind=kind, request=asked, now=request.now))


@works.read("/work")
def list_work(request: ApiRequest, paging: Paged) -> Page[WorkShown]:
    """List the long work that the token's user asked for, the newest first."""
    mine = works_of(seller_id=request.acting.seller_id).filter(actor_id=request.acting.user_id)
    return page_of(mine, paging, each(show_work), by=("-asked_at", "id"))


@works.read("/work/{work_id}")
def get_work(request: ApiRequest, work_id: UUID) -> WorkShown:
    """Show how far a piece of long work is.

    Ask every second or so until its state is done, refused or failed.
    """
    work = work_of(seller_id=request.acting.seller_id, work_id=work_id)
    if work.actor_id != request.acting.user_id:
        raise WorkUnknown(_("There is no work %(named)s.") % {"named": work_id})
    return show_work(work)
