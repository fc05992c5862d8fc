"""Every kind of long work there is, by the name under which it is asked for."""

from collections.abc import Mapping

from rebill.interfaces.work.contract import Kind
from rebill.interfaces.work.month import approve_and_issue, prepare_drafts

KINDS: Mapping[str, Kind] = {
    "approve": approve_and_issue,
    "prepare": prepare_drafts,
}
