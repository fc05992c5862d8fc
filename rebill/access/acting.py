"""The acting user and seller, given to every command and query, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum

from rebill.kit.errors import Forbidden


class Role(StrEnum):
    """What a user is to a seller."""

    OWNER = "owner"
    CLERK = "clerk"
    VIEWER = "viewer"
    INTEGRATOR = "integrator"


class Permission(StrEnum):
    """What may be done; commands ask for one of these."""

    READ = "read"
    KEEP_PARTIES = "keep_parties"
    KEEP_CATALOGUE = "keep_catalogue"
    KEEP_SUBSCRIPTIONS = "keep_subscriptions"
    ADD_LINES = "add_lines"
    PREPARE = "prepare"
    REVIEW = "review"
    APPROVE = "approve"
    ISSUE = "issue"
    CREDIT = "credit"
    DELIVER = "deliver"
    EXPORT = "export"
    CONFIGURE = "configure"
    KEEP_USERS = "keep_users"


_CLERK = frozenset(Permission) - {Permission.CONFIGURE, Permission.KEEP_USERS}

# The table the pages show and the commands obey: one row per role.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.CLERK: _CLERK,
    Role.VIEWER: frozenset({Permission.READ, Permission.EXPORT}),
    Role.INTEGRATOR: frozenset(
        {
            Permission.READ,
            Permission.KEEP_PARTIES,
            Permission.KEEP_CATALOGUE,
            Permission.KEEP_SUBSCRIPTIONS,
            Permission.ADD_LINES,
            Permission.EXPORT,
        }
    ),
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
            f"The role {acting.role.value} may not {permission.value.replace('_', ' ')}. "
            "Ask an owner of this seller for another role."
        )
