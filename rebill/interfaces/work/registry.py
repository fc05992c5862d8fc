"""Every kind of long work there is, by the name under which it is asked for."""

from collections.abc import Mapping

from rebill.interfaces.work.contract import Kind
from rebill.interfaces.work.importing import take_import, try_import
from rebill.interfaces.work.month import approve_and_issue, prepare_drafts

KINDS: Mapping[str, Kind] = {
    "approve": approve_and_issue,
    "import": take_import,
    "import-trial": try_import,
    "prepare": prepare_drafts,
}
