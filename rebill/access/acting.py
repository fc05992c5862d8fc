"""The acting user and seller, given to every command and query, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.kit.errors import Forbidden


class Role(StrEnum):
    """What a user is to a seller."""

    OWNER = "owner"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    INTEGRATOR = "integrator"


class Permission(StrEnum):
    """What may be done; commands ask for one of these."""

    READ = "read"
    KEEP_PARTIES = "keep_parties"
    KEEP_CATALOGUE = "keep_catalogue"
    KEEP_SUBSCRIPTIONS = "keep_subscriptions"
    ADD_LINES = "add_lines"
    KEEP_PURCHASES = "keep_purchases"
    REBILL = "rebill"
    KEEP_TABS = "keep_tabs"
    SELL_ON_TABS = "sell_on_tabs"
    PREPARE = "prepare"
    REVIEW = "review"
    APPROVE = "approve"
    ISSUE = "issue"
    CREDIT = "credit"
    DELIVER = "deliver"
    EXPORT = "export"
    CONFIGURE = "configure"
    KEEP_USERS = "keep_users"


# Re-billing is given to the people who review purchase invoices, and to nobody with it by the way.
_CLERK = frozenset(Permission) - {Permission.CONFIGURE, Permission.KEEP_USERS, Permission.REBILL}

# The table the pages show and the commands obey: one row per role.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.CLERK: _CLERK,
    Role.REVIEWER: _CLERK | {Permission.REBILL},
    Role.VIEWER: frozenset({Permission.READ, Permission.EXPORT}),
    Role.INTEGRATOR: frozenset(
        {
            Permission.READ,
            Permission.KEEP_PARTIES,
            Permission.KEEP_CATALOGUE,
            Permission.KEEP_SUBSCRIPTIONS,
            Permission.ADD_LINES,
            Permission.KEEP_PURCHASES,
            Permission.KEEP_TABS,
            Permission.SELL_ON_TABS,
            Permission.EXPORT,
        }
    ),
}


# The same in the words of the pages.
ROLE_WORDS: dict[Role, Promise] = {
    Role.OWNER: gettext_lazy("Owner"),
    Role.CLERK: gettext_lazy("Clerk"),
    Role.REVIEWER: gettext_lazy("Reviewer"),
    Role.VIEWER: gettext_lazy("Viewer"),
    Role.INTEGRATOR: gettext_lazy("Integrator"),
}

PERMISSION_WORDS: dict[Permission, Promise] = {
    Permission.READ: gettext_lazy("See everything of this seller"),
    Permission.KEEP_PARTIES: gettext_lazy("Keep customers"),
    Permission.KEEP_CATALOGUE: gettext_lazy("Keep products and prices"),
    Permission.KEEP_SUBSCRIPTIONS: gettext_lazy("Place and change subscriptions"),
    Permission.ADD_LINES: gettext_lazy("Add interim lines"),
    Permission.KEEP_PURCHASES: gettext_lazy("Take in purchase invoices and say whom they are for"),
    Permission.REBILL: gettext_lazy("Re-bill purchase invoices"),
    Permission.KEEP_TABS: gettext_lazy("Keep tabs, their limits and holders"),
    Permission.SELL_ON_TABS: gettext_lazy("Book orders on tabs"),
    Permission.PREPARE: gettext_lazy("Make drafts"),
    Permission.REVIEW: gettext_lazy("Edit, hold back and drop drafts"),
    Permission.APPROVE: gettext_lazy("Approve drafts"),
    Permission.ISSUE: gettext_lazy("Issue invoices"),
    Permission.CREDIT: gettext_lazy("Credit and withdraw invoices"),
    Permission.DELIVER: gettext_lazy("Send documents"),
    Permission.EXPORT: gettext_lazy("Make exports"),
    Permission.CONFIGURE: gettext_lazy("Change the seller's settings and look"),
    Permission.KEEP_USERS: gettext_lazy("Invite people and give roles"),
}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts for which seller. `user_id` is None when the timetable acts, not a person."""

    seller_id: int
    role: Role
    user_id: int | None = None


def timetable(seller_id: int) -> Acting:
    """The acting of work that nobody started by hand: it may do what an owner may, and events name no user."""
    return Acting(seller_id=seller_id, role=Role.OWNER)


def require(acting: Acting, permission: Permission) -> None:
    """Raises Forbidden unless the acting user's role has the permission."""
    if permission not in PERMISSIONS[acting.role]:
        raise Forbidden(
            _("The role %(role)s does not allow this: %(what)s. Ask an owner of this seller for another role.")
            % {"role": ROLE_WORDS[acting.role], "what": PERMISSION_WORDS[permission]}
        )
