"""The books compared with themselves: what `rebill check` asks, for the seller of the token."""

from http import HTTPStatus

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.work import WorkShown, accept

checks = Endpoints(Area.SETTINGS, "Checks")


@checks.write("POST", "/checks", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def check_books(request: ApiRequest) -> WorkShown:
    """Compare everything that is stored of the seller with all it must agree with; nothing is changed.

    The result of the work counts the problems and lists the first 200; blocking ones mean that books do not agree.
    """
    return accept(request, "check", Permission.READ, {})
