"""`rebill rates take`, `drop` and `roll-back`: what becomes of imported rates."""

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.commands import drop_rate_import, take_rate_import, withdraw_rate_import
from rebill.catalogue.models import RateImport, RateImportState
from rebill.catalogue.queries.decks import deck_by_code
from rebill.catalogue.queries.rate_imports import RateImportUnknown, rate_imports_of
from rebill.interfaces.billed_calls import calls_billed_before
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.rates.showing import DeckArgument
from rebill.interfaces.cli.tables import print_line


def take(
    deck: DeckArgument, seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False
) -> int:
    """Take over the rates that wait for a deck: they hold from their days on, those before them until then."""
    session = open_session(seller=seller, user=user)
    found = _latest(session.acting, deck, RateImportState.WAITING)
    taken = take_rate_import(acting=session.acting, import_id=found.pk, now=session.now)
    return _tell(taken, _("The rates of %(deck)s are taken over from %(day)s."), as_json=as_json)


def drop(
    deck: DeckArgument, seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False
) -> int:
    """Leave out the rates that wait for a deck."""
    session = open_session(seller=seller, user=user)
    found = _latest(session.acting, deck, RateImportState.WAITING)
    dropped = drop_rate_import(acting=session.acting, import_id=found.pk, now=session.now)
    return _tell(dropped, _("The rates of %(deck)s from %(day)s are left out."), as_json=as_json)


def roll_back(
    deck: DeckArgument, seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False
) -> int:
    """Take back the rates that were taken over last, as long as no calls were billed by them."""
    session = open_session(seller=seller, user=user)
    found = _latest(session.acting, deck, RateImportState.TAKEN)
    withdrawn = withdraw_rate_import(
        acting=session.acting,
        import_id=found.pk,
        billed_before=calls_billed_before(session.acting, found),
        now=session.now,
    )
    return _tell(withdrawn, _("The rates of %(deck)s from %(day)s are taken back."), as_json=as_json)


def _latest(acting: Acting, code: str, state: RateImportState) -> RateImport:
    found = rate_imports_of(acting).filter(deck=deck_by_code(acting, code), state=state).first()
    if found is None:
        raise RateImportUnknown(_("There are no such imported rates of %(deck)s.") % {"deck": code})
    return found


def _tell(rate_import: RateImport, words: str, *, as_json: bool) -> int:
    if as_json:
        output.print_json(
            {
                "import": rate_import.pk,
                "deck": rate_import.deck.code,
                "state": rate_import.state,
                "from": rate_import.starts_on,
            }
        )
    else:
        print_line(words % {"deck": rate_import.deck.code, "day": day(rate_import.starts_on)})
    return DONE
