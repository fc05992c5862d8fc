"""Roles and permissions in words, for the table that shows what each role may do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.access.acting import Permission, Role

ROLES: dict[Role, Promise] = {
    Role.OWNER: _("Owner"),
    Role.CLERK: _("Clerk"),
    Role.VIEWER: _("Viewer"),
    Role.INTEGRATOR: _("Integrator"),
}

PERMISSIONS_IN_WORDS: dict[Permission, Promise] = {
    Permission.READ: _("See everything of this seller"),
    Permission.KEEP_PARTIES: _("Keep customers"),
    Permission.KEEP_CATALOGUE: _("Keep products and prices"),
    Permission.KEEP_SUBSCRIPTIONS: _("Place and change subscriptions"),
    Permission.ADD_LINES: _("Add interim lines"),
    Permission.PREPARE: _("Make drafts"),
    Permission.REVIEW: _("Edit, hold back and drop drafts"),
    Permission.APPROVE: _("Approve drafts"),
    Permission.ISSUE: _("Issue invoices"),
    Permission.CREDIT: _("Credit and withdraw invoices"),
    Permission.DELIVER: _("Send documents"),
    Permission.EXPORT: _("Make exports"),
    Permission.CONFIGURE: _("Change the seller's settings and look"),
    Permission.KEEP_USERS: _("Invite people and give roles"),
}
