"""Every kind of long work there is, by the name under which it is asked for."""

from collections.abc import Mapping

from rebill.interfaces.work.calls import read_calls
from rebill.interfaces.work.checking import check_books
from rebill.interfaces.work.contract import Kind
from rebill.interfaces.work.documents import complete_documents, deliver_documents, issue_approved, print_letters
from rebill.interfaces.work.exporting import mail_made_export, make_export
from rebill.interfaces.work.importing import take_import, try_import
from rebill.interfaces.work.month import approve_and_issue, prepare_drafts, remake_drafts
from rebill.interfaces.work.rating import rate_months, take_waiting_rating
from rebill.interfaces.work.reviewing import discard_many, hold_many, release_many, reopen_many, review_many

KINDS: Mapping[str, Kind] = {
    "approve": approve_and_issue,
    "calls": read_calls,
    "check": check_books,
    "deliver": deliver_documents,
    "discard": discard_many,
    "export": make_export,
    "hold": hold_many,
    "import": take_import,
    "import-trial": try_import,
    "issue": issue_approved,
    "mail_export": mail_made_export,
    "prepare": prepare_drafts,
    "print": print_letters,
    "rate": rate_months,
    "release": release_many,
    "remake": remake_drafts,
    "render": complete_documents,
    "reopen": reopen_many,
    "review": review_many,
    "take-rating": take_waiting_rating,
}
