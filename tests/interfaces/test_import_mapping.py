"""Which column is which field: by hand, remembered, or known by its heading, and looked at before it is written."""

import json

import pytest

from rebill.interfaces.cli.app import run
from rebill.interfaces.imports.entities import ENTITIES, importable
from rebill.kit.models import Event, ImportLayout
from rebill.parties.models import Customer
from tests.factories import make_seller


def test_columns_are_mapped_by_hand_and_remembered(rebill, write):
    first = write("A;B;C", "1;Smit;x", name="first.csv")
    second = write("C;A;B", "y;2;Bakker", name="second.csv")

    assert rebill("import", "customers", first).code == 2
    assert rebill("import", "customers", first, "--map", "A=number", "--map", "b = name", "--map", "C=").code == 0
    ended = rebill("import", "customers", second)

    assert ended.code == 0
    assert sorted(Customer.objects.values_list("number", "name")) == [("1", "Smit"), ("2", "Bakker")]
    assert ImportLayout.objects.count() == 1


def test_fixed_values_and_options_are_remembered_too(rebill, write):
    heading = "Klantnummer|Naam|Termijn"
    first = write(heading, "1|Smit|7", name="first.csv")

    rebill("import", "customers", first, "--set", "city=Harlingen", "--set", "country=België", "--delimiter", "|")
    rebill("import", "customers", write(heading, "2|Bakker|8", name="second.csv"))

    assert list(Customer.objects.values_list("city", "country", "payment_term_days")) == [
        ("Harlingen", "BE", 7),
        ("Harlingen", "BE", 8),
    ]


def test_another_seller_has_layouts_of_its_own(rebill, write):
    make_seller("zuidkade")
    file = write("A;B", "1;Smit")

    assert rebill("import", "customers", file, "--seller", "noordwal", "--map", "A=number", "--map", "B=name").code == 0
    assert rebill("import", "customers", file, "--seller", "zuidkade").code == 2

    assert Customer.objects.get().seller.slug == "noordwal"


def test_a_heading_that_is_nearly_a_field_waits_for_a_word(rebill, write):
    file = write("Klantnummer;Naam;Contract", "1;Smit;One year")

    ended = rebill("import", "customers", file)

    assert ended.code == 0
    assert Customer.objects.get().attention == ""
    assert "Left out: Contract" in ended.shown


def test_a_refused_mapping_proposes_what_is_likely(rebill, write):
    file = write("Klantnumer;Naam", "1;Smit")

    ended = rebill("import", "customers", file)

    assert ended.code == 2
    assert "--map 'Klantnumer=number'" in " ".join(ended.aside.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--map", "Nergens=name"], "Nergens"),
        (["--map", "Naam=nothing"], "nothing"),
        (["--map", "Naam"], "--map"),
        (["--map", "Naam=name", "--map", "Naam=city"], "twice"),
        (["--set", "nothing=1"], "nothing"),
        (["--set", "payment_term_days=soon"], "payment_term_days"),
        (["--set", "name=Smit", "--map", "Naam=name"], "Naam"),
        (["--encoding", "klingon"], "klingon"),
        (["--delimiter", ";;"], "delimiter"),
        (["--header-row", "9"], "9"),
        (["--dates", "dym"], "dym"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(rebill, write, words, told):
    file = write("Klantnummer;Naam", "1;Smit")

    ended = rebill("import", "customers", file, *words)

    assert ended.code == 2
    assert told in ended.aside + ended.shown
    assert not Customer.objects.exists()


def test_a_preview_writes_nothing(rebill, write):
    file = write("Klantnummer;Naam;Betaaltermijn;Onzin", "1;Smit;14;x", "2;Bakker;morgen;y")

    ended = rebill("import", "customers", file, "--preview", "2")

    assert ended.code == 0
    shown = " ".join(ended.shown.split())
    assert "payment_term_days" in shown
    assert "Smit · Bakker" in shown
    assert "Line 3 would be rejected" in shown
    assert not Customer.objects.exists()
    assert not ImportLayout.objects.exists()


def test_a_preview_can_be_read_by_programs(rebill, write):
    file = write("Klantnummer;Naam", "1;Smit")

    told = json.loads(rebill("import", "customers", file, "--preview", "1", "--json").shown)

    assert [(each["heading"], each["field"], each["samples"]) for each in told["columns"]] == [
        ("Klantnummer", "number", ["1"]),
        ("Naam", "name", ["Smit"]),
    ]


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(rebill, write):
    file = write("Klantnummer;Naam", *(f"{number};Klant {number}" for number in range(1, 2_501)), ";Niemand")

    tried = json.loads(rebill("import", "customers", file, "--dry-run", "--json").shown)

    assert not Customer.objects.exists()
    assert not ImportLayout.objects.exists()
    assert not Event.objects.filter(verb__in=["created", "file_imported"], subject_type="parties.customer").exists()
    done = json.loads(rebill("import", "customers", file, "--json").shown)
    assert [done[name] for name in ("lines", "accepted", "unchanged", "rejected")] == [2_501, 2_500, 0, 1]
    assert {**tried, "dry_run": False} == done


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_fields_of_every_entity_can_be_shown(rebill, entity):
    told = json.loads(rebill("import", entity, "--fields", "--json").shown)

    assert rebill("import", entity, "--fields").code == 0
    names = [field["name"] for field in told["fields"]]
    assert len(names) == len(set(names))
    # Whose a tab is may be said by any of three columns.
    assert any(field["required"] for field in told["fields"]) or entity == "tabs"


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_heading_belongs_to_two_fields_unless_the_first_takes_it(entity):
    owners: dict[str, str] = {}
    for field in importable(entity).fields:
        for heading in {name.casefold() for name in field.names()}:
            first = owners.setdefault(heading, field.name)
            assert first == field.name or (first, field.name) in SHARED_HEADINGS, heading


# A sheet may call the number or the name of a customer "customer"; what else it has decides.
SHARED_HEADINGS = {
    ("customer_number", "customer_name"),
    ("billing_months", "invoice_interval_months"),
    ("start_on", "effective_on"),
}


def test_nothing_is_imported_for_nobody(db, capsys, write):
    assert run(["import", "customers", str(write("Klantnummer;Naam", "1;Smit"))]) == 2
    assert "no seller" in capsys.readouterr().err
