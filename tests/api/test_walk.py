"""Every endpoint, found by walking the description: asked by nobody, by each role, and for what is another seller's."""

from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from rebill.access.acting import PERMISSIONS, Permission, Role
from rebill.access.scopes import ALL_SCOPES
from tests.api.conftest import Program
from tests.api.seeded import Seeded, seed
from tests.api.walked import Operation, operations
from tests.factories import make_seller

# What a role needs for each write.
NEEDS = {
    Permission.CONFIGURE: {
        "change_seller", "add_account", "remove_account", "set_series", "change_export_settings", "change_look",
        "put_logo", "remove_logo", "put_template", "remove_template", "reuse_look", "move_account_first",
        "set_switch", "accept_tab_terms", "set_tab_rules", "invite_dealer",
    },
    Permission.KEEP_USERS: {"invite_member", "mail_invitation_again", "grant_role", "revoke_role"},
    # A token can do no more than its user, and a check changes nothing: everybody may.
    Permission.READ: {"create_token", "revoke_token", "check_books"},
    # Both imports of the walk are of customers.
    Permission.KEEP_PARTIES: {
        "import_json_rows", "import_file", "get_rejects",
        "create_customer", "change_customer", "give_customer_number", "end_customer", "reopen_customer", "add_contact",
        "erase_customer", "change_contact", "remove_contact", "move_dealer_customer",
    },
    Permission.KEEP_CATALOGUE: {
        "put_price_factor", "put_price_group_members",
        "create_product", "change_product", "create_plan", "assign_plan", "set_plan_price", "set_customer_price",
        "end_price", "adopt_product", "set_resale_price", "set_common_resale_price",
        "create_deck", "change_deck", "put_rates", "end_rate", "set_plan_deck", "end_plan_deck", "create_peak_times",
        "change_peak_times", "put_peak_times", "create_bundle", "change_bundle", "end_bundle", "change_rate_import_row",
        "take_rate_import", "drop_rate_import", "withdraw_rate_import",
    },
    Permission.KEEP_SUBSCRIPTIONS: {
        "place_order", "start_subscription", "order_below", "enter_change", "revoke_change",
        "add_call_endpoint", "end_call_endpoint",
    },
    Permission.ADD_LINES: {
        "add_line", "change_line", "remove_line", "begin_call_upload", "get_call_upload", "send_call_bytes",
        "read_call_upload", "remove_call_invoice",
    },
    Permission.KEEP_TABS: {
        "open_tab", "change_tab", "change_many_tabs", "undo_tab_change", "add_holder", "change_holder", "erase_holder",
        "record_consent", "withdraw_consent", "link_holder", "unlink_holder",
    },
    Permission.SELL_ON_TABS: {
        "place_tab_order", "take_late_steps", "book_tab_order", "cancel_tab_order", "settle_tab_order",
        "refund_tab_order",
    },
    Permission.KEEP_PURCHASES: {
        "take_in_purchase_invoice", "read_purchase_again", "put_purchase_state", "link_purchase_row",
        "leave_purchase_rows_out", "settle_purchase_invoice", "undo_settlement", "change_supplier",
        "take_purchase_file", "assign_purchase_rows",
    },
    Permission.REBILL: {"price_purchase_rows", "rebill_purchase_invoice", "confirm_purchase_orders"},
    Permission.PREPARE: {"bill_tabs", "prepare_run", "prepare_manual_run", "rate_calls", "take_rating", "leave_rating"},
    Permission.REVIEW: {
        "waive_charge", "postpone_charge", "reopen_charge", "hold_drafts", "release_drafts", "review_drafts",
        "discard_drafts", "hold_draft", "release_draft", "review_draft", "discard_draft", "add_draft_line",
        "change_draft_line", "reset_draft_line", "drop_draft_line", "change_draft_texts",
    },
    Permission.APPROVE: {
        "approve_drafts", "reopen_drafts", "approve_draft", "reopen_draft", "accept_warning", "change_invoice_date",
    },
    Permission.ISSUE: {"issue_run", "render_documents"},
    Permission.CREDIT: {"credit_invoice", "withdraw_invoice"},
    Permission.DELIVER: {
        "resend_invoice", "deliver_documents", "retry_dispatch", "cancel_dispatch", "resolve_dispatch", "record_bounce",
        "make_print_batch",
    },
    Permission.EXPORT: {
        "make_export", "mail_export", "put_line_layout", "forget_line_layout", "get_line_export", "get_margins",
    },
}  # fmt: skip

NEEDED = {name: permission for permission, names in NEEDS.items() for name in names}


@pytest.fixture
def seeded(seller) -> Seeded:
    return seed(seller)


def asked(program: Program, operation: Operation, seeded: Seeded, ids: Seeded | None = None):
    """The answer to an endpoint's own example, with the ids of `ids`; nothing it does stays."""
    path = (ids or seeded).fill(operation.path)
    body = None if operation.example is None else seeded.told(operation.example)
    with transaction.atomic():
        if operation.reads_files:
            answer = program.upload(path, file=SimpleUploadedFile(*operation.file))
        else:
            answer = program.ask(operation.method, path, body)
        transaction.set_rollback(True)
    return answer


def test_every_write_has_its_permission_named():
    assert {operation.name for operation in operations() if operation.is_write} == NEEDED.keys() - {
        "get_rejects",
        "get_call_upload",
        "get_line_export",
        "get_margins",
    }


def test_every_endpoint_wants_a_token(seeded):
    answers = {str(each): asked(Program(), each, seeded).status_code for each in operations()}

    assert set(answers.values()) == {401}
    assert len(answers) > 110


def test_every_endpoint_wants_its_scope(seeded, program_of):
    for operation in operations():
        if operation.scope:
            program = program_of_all_but(program_of, operation.scope)

            answer = asked(program, operation, seeded)

            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), operation


def program_of_all_but(program_of, scope: str) -> Program:
    """A program with every scope that does not let it in there; one for each scope."""
    known = program_of.__dict__.setdefault("known", {})
    if scope not in known:
        area = scope.partition(":")[0]
        lets_in = {scope, f"{area}:write"}
        known[scope] = program_of(scopes=tuple(each for each in ALL_SCOPES if each not in lets_in))
    return known[scope]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_what_the_table_says(seeded, program_of, role):
    program = program_of(role)
    may = PERMISSIONS[role]
    told: Counter[str] = Counter()

    for operation in operations():
        answer = asked(program, operation, seeded)

        is_permitted = NEEDED.get(operation.name, Permission.READ) in may
        # Long work is shown to who asked for it, tokens of others to owners, and no mail of this seller has the
        # Message-ID of the example.
        is_there = operation.name not in {"get_work", "revoke_token", "record_bounce"}
        told[f"{'may' if is_permitted else 'may not'} {'write' if operation.is_write else 'read'}"] += 1
        if not is_permitted:
            assert answer.status_code == 403, (operation, answer.content)
        elif is_there:
            assert answer.status_code in {200, 201, 202, 204, 409, 422}, (operation, answer.content)

    assert sum(told.values()) == len(list(operations()))


def test_what_is_another_sellers_is_not_there(program, seeded):
    theirs = seed(make_seller("noordwal"), prefix="N-")
    named = [each for each in operations() if "{" in each.path and not each.path.endswith(WORDS)]

    answers = {str(each): asked(program, each, seeded, ids=theirs).status_code for each in named}

    assert {name for name, status in answers.items() if status != 404} == set()
    assert len(answers) > 65


def test_what_a_body_names_of_another_seller_is_not_there(program, seeded):
    theirs = seed(make_seller("noordwal"), prefix="N-")
    naming = [
        each
        for each in operations()
        if each.body is not None
        and {"customer_id", "product_id", "plan_id", "run_id", "resells_id"} & each.body["properties"].keys()
    ]

    answers = {}
    for operation in naming:
        with transaction.atomic():
            answer = program.ask(operation.method, seeded.fill(operation.path), theirs.told(operation.example))
            transaction.set_rollback(True)
        answers[str(operation)] = answer.status_code

    # The example of a line names no product.
    assert {name for name, status in answers.items() if status != 404} <= {
        "PUT /lines/{uuid}", "POST /drafts/{draft_id}/lines",
    }  # fmt: skip
    assert len(answers) > 12


# Addresses that name words that all sellers share.
WORDS = ("{purpose}", "{country}", "{entity}/rows", "{entity}/files")

# Examples that the seeded seller is in no state for; that they are understood is seen by what they are refused for.
OUT_OF_PLACE = {
    "POST /seller/accounts": "account_known",
    "POST /products/{product_id}/resale-prices": "not_resold",
    "POST /seller/look/template": "bad_template",
    "PUT /seller/members/{user_id}": "last_owner",
    "DELETE /seller/members/{user_id}": "last_owner",
    "POST /customers": "number_taken",
    "PUT /customers/{customer_id}/number": "number_taken",
    "POST /customers/{customer_id}/erase": "customer_not_erasable",
    "POST /products": "product_code_taken",
    "POST /rate-imports/{import_id}/take-back": "move_refused",
    "POST /till/orders/{key}/refund": "move_refused",
    "POST /charges/{charge_id}/waive": "charge_not_open",
    "POST /charges/{charge_id}/postpone": "charge_not_open",
    "POST /charges/{charge_id}/reopen": "charge_not_open",
    "POST /drafts/{draft_id}/release": "draft_unmoved",
    "POST /drafts/{draft_id}/reopen": "draft_unmoved",
    "POST /dispatches/{dispatch_id}/retry": "move_refused",
    "POST /dispatches/{dispatch_id}/resolve": "dispatch_not_unclear",
    "POST /bounces": "bounce_unknown",
}


def test_every_example_does_what_it_says_or_says_why_not(program, seeded):
    refused = {}
    for operation in operations():
        answer = asked(program, operation, seeded)
        if answer.status_code >= 400:
            refused[str(operation)] = answer.json()["code"]

    assert refused == OUT_OF_PLACE
