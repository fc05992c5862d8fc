"""What must always be true of drafts; each check returns what is not. Nothing is mended here."""

from collections.abc import Iterator, Sequence

from django.db.models import Case, Count, Exists, Max, OuterRef, When
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.tax_desk import TaxDesk
from rebill.charges.models import Charge
from rebill.kit.bulk import chunks
from rebill.kit.errors import Problem
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.rules.money import Money
from rebill.rules.review import Verdict, verdict_of
from rebill.runs.models import Draft, DraftState, Run
from rebill.runs.queries.customers import draft_customers
from rebill.runs.queries.lines import lines_of
from rebill.runs.queries.standing import Stand, counted, standings_of
from rebill.runs.queries.taxing import taxed_totals

CHUNK = 1000
# Drafts whose lines can still change: an issued one is compared with its invoice, by `invoices.checks`.
IN_REVIEW = (DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)


def check_claims(*, acting: Acting) -> list[Problem]:
    """Every charge that counts as billed stands on a draft of its customer and currency that was not thrown away."""
    require(acting, Permission.READ)
    drafts = Draft.objects.filter(
        id=OuterRef("claim"),
        seller_id=OuterRef("seller_id"),
        customer_id=OuterRef("buyer_id"),
        currency=OuterRef("currency"),
    ).exclude(state=DraftState.DISCARDED)
    lost = Charge.objects.filter(~Exists(drafts), seller_id=acting.seller_id, claim__isnull=False).order_by("id")
    return [
        Problem(
            what="charge.claimed_by_nobody",
            where=_("charge %(charge_id)s") % {"charge_id": charge_id},
            why=_("It counts as billed by draft %(claim)s, which is thrown away, or not of its customer and currency.")
            % {"claim": claim},
            remedy=_("Report it: as it stands, no run bills the charge."),
        )
        for charge_id, claim in lost.values_list("id", "claim").iterator()
    ]


def check_drafts(*, acting: Acting) -> list[Problem]:
    """Every draft in review comes to what its lines come to, taxed as its customer stands now; a thousand at a time."""
    require(acting, Permission.READ)
    seller = seller_of(acting)
    rows = Draft.objects.filter(seller_id=seller.pk, state__in=IN_REVIEW).order_by("id")
    ids = rows.values_list("id", flat=True).iterator()
    wrong = [problem for chunk in chunks(ids, CHUNK) for problem in _wrong_sums(seller, chunk)]
    # What was counted cannot be right of drafts that are not.
    return wrong or list(_wrong_tallies(seller))


def _wrong_tallies(seller: Seller) -> Iterator[Problem]:
    """Runs of which something else was counted than there is."""
    run_ids = list(Run.objects.filter(seller_id=seller.pk).order_by("id").values_list("id", flat=True))
    kept = standings_of(*run_ids)
    there: dict[int, list[Stand]] = {run_id: [] for run_id in run_ids}
    for key, figures in sorted(counted(Draft.objects.filter(seller_id=seller.pk)).items()):
        there[key.run_id].append(Stand(key.state, key.verdict, key.currency, *figures))
    for run_id in run_ids:
        if list(kept[run_id].stands) != there[run_id]:
            yield Problem(
                what="run.tally_differs",
                where=_("run %(run_id)s") % {"run_id": run_id},
                why=_("Its drafts are not as many, or do not come to as much, as was counted when they were written."),
                remedy=_(
                    "Report it: the figures on pages are wrong until the run is made again, which counts it anew."
                ),
            )


def _wrong_sums(seller: Seller, draft_ids: Sequence[int]) -> Iterator[Problem]:
    worst = Max(Case(When(warnings__blocking=True, then=Verdict.BLOCKED.value), default=Verdict.LOOK.value))
    drafts = list(Draft.objects.filter(id__in=draft_ids).annotate(warned=worst, said=Count("warnings")).order_by("id"))
    lines = lines_of(seller_id=seller.pk, draft_ids=draft_ids)
    customers = draft_customers(seller=seller, customer_ids={draft.customer_id for draft in drafts})
    desk = TaxDesk(seller)
    for draft in drafts:
        taxed = taxed_totals(desk, customers[draft.customer_id], lines.get(draft.pk, ()), default_on=draft.billed_on)
        net, gross = Money(taxed.net_minor, draft.currency), Money(taxed.gross_minor, draft.currency)
        if (draft.net_amount, draft.line_count) != (net, taxed.line_count):
            yield Problem(
                what="draft.sum_differs",
                where=_("draft %(draft)s") % {"draft": draft.pk},
                why=_("It says %(net_amount)s for %(line_count)s lines, and its %(counted)s lines come to %(net)s.")
                % {
                    "net_amount": draft.net_amount,
                    "line_count": draft.line_count,
                    "counted": taxed.line_count,
                    "net": net,
                },
                remedy=_("Review the draft again, and report it: every change of a line sums its draft up."),
            )
        elif draft.verdict != (draft.warned if draft.said else verdict_of(draft.line_count, ())):
            yield Problem(
                what="draft.verdict_differs",
                where=_("draft %(draft)s") % {"draft": draft.pk},
                why=_("It is kept as %(verdict)s, and its warnings say otherwise.")
                % {"verdict": Verdict(draft.verdict).name.lower()},
                remedy=_("Review the draft again, and report it: whoever writes warnings writes the verdict."),
            )
        elif draft.gross_amount != gross:
            yield Problem(
                what="draft.tax_outdated",
                where=_("draft %(draft)s") % {"draft": draft.pk},
                why=_("It says %(gross_amount)s with VAT; as its customer stands now, it comes to %(gross)s.")
                % {"gross_amount": draft.gross_amount, "gross": gross},
                remedy=_("Review the draft again: its customer or a VAT rate was changed since."),
                blocking=False,
            )
