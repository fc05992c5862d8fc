"""Price plans, and which customer has which from when."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.revising import Revised, lock_prices, revise_prices
from rebill.catalogue.models import PlanAssignment, PricePlan
from rebill.catalogue.queries import default_plan_of, plan_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties.entries import text_of
from rebill.parties.queries import customer_of

_code = text_of(PricePlan, "code", required=True)
_name = text_of(PricePlan, "name", required=True)


class PlanCodeTaken(Conflict):
    """Another price plan of the seller has this code."""


class DefaultPlanStands(Conflict):
    """The default plan holds for all customers without a plan, since ever: another one would change the past."""


def create_price_plan(*, acting: Acting, code: str, name: str, now: datetime, is_default: bool = False) -> PricePlan:
    """A new, empty price plan. The seller's first plan is the default one, and stays it."""
    require(acting, Permission.KEEP_CATALOGUE)
    plan = PricePlan(seller_id=acting.seller_id, code=_code("code", code), name=_name("name", name))
    with atomic_write():
        lock_prices(acting.seller_id)
        if PricePlan.objects.filter(seller_id=acting.seller_id, code=plan.code).exists():
            raise PlanCodeTaken(_("There is a price plan %(code)s already.") % {"code": plan.code})
        standing = default_plan_of(acting)
        if standing is not None and is_default:
            raise DefaultPlanStands(
                _("%(code)s is the default plan. Assign the new one to customers from a day on.")
                % {"code": standing.code}
            )
        plan.is_default = standing is None
        plan.save(force_insert=True)
        record_event(
            seller_id=acting.seller_id,
            subject=plan,
            verb="created",
            actor_id=acting.user_id,
            now=now,
            details={"code": plan.code},
        )
    return plan


def assign_price_plan(
    *, acting: Acting, customer_id: int, plan_id: int, valid_from: date, now: datetime
) -> PlanAssignment:
    """The customer has the plan from the day on, until another is assigned; one of the same day is corrected.

    A day in the past is allowed: what was billed since is looked at again.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_prices(acting.seller_id)
        customer, plan = customer_of(acting, customer_id), plan_of(acting, plan_id)
        assignment = PlanAssignment.objects.filter(customer=customer, valid_from=valid_from).first()
        if assignment is not None and assignment.plan_id == plan.pk:
            return assignment
        if assignment is None:
            assignment = PlanAssignment(seller_id=acting.seller_id, customer=customer, valid_from=valid_from)
        assignment.plan = plan
        assignment.save()
        revise_prices([Revised(acting.seller_id, None, customer.pk, valid_from)])
        record_event(
            seller_id=acting.seller_id,
            subject=customer,
            verb="price_plan_assigned",
            actor_id=acting.user_id,
            now=now,
            details={"plan": plan.code, "valid_from": valid_from.isoformat()},
        )
    return assignment
