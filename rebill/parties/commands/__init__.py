"""Every write of sellers and customers, one module per subject."""

from rebill.parties.commands.accounts import add_seller_account, move_account_first, remove_seller_account
from rebill.parties.commands.customers import (
    add_contact,
    change_contact,
    change_customer,
    create_customer,
    create_customers,
    end_customer,
    give_customer_number,
    remove_contact,
    reopen_customer,
)
from rebill.parties.commands.dealers import invite_dealer, open_dealer
from rebill.parties.commands.dimensions import name_dimension
from rebill.parties.commands.erasing import (
    forget_customer,
    lock_erasable_customer,
    lock_open_customer,
    lock_open_customers,
)
from rebill.parties.commands.importing import import_customers
from rebill.parties.commands.look import change_look, reuse_look
from rebill.parties.commands.members import grant_role, invite_member, revoke_role
from rebill.parties.commands.portal import enter_portal, make_portal_link
from rebill.parties.commands.sellers import change_seller, create_seller
from rebill.parties.commands.series import set_number_series
from rebill.parties.commands.tokens import create_token, record_token_use, revoke_token

__all__ = [
    "add_contact",
    "add_seller_account",
    "change_contact",
    "change_customer",
    "change_look",
    "change_seller",
    "create_customer",
    "create_customers",
    "create_seller",
    "create_token",
    "end_customer",
    "enter_portal",
    "forget_customer",
    "give_customer_number",
    "grant_role",
    "import_customers",
    "invite_dealer",
    "invite_member",
    "lock_erasable_customer",
    "lock_open_customer",
    "lock_open_customers",
    "make_portal_link",
    "move_account_first",
    "name_dimension",
    "open_dealer",
    "record_token_use",
    "remove_contact",
    "remove_seller_account",
    "reopen_customer",
    "reuse_look",
    "revoke_role",
    "revoke_token",
    "set_number_series",
]
