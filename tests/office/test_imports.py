"""Imports on pages: a file in four steps, what is remembered, what is told of every line, and who may."""

from datetime import timedelta

import pytest
from django.test import TestCase

from rebill.access.acting import Role
from rebill.catalogue.commands import create_rate_deck
from rebill.interfaces.imports.entities import ENTITIES, LISTS_OF_PEOPLE
from rebill.interfaces.imports.running import import_file
from rebill.interfaces.imports.uploads import open_upload
from rebill.kit.files import check_files, path_of
from rebill.kit.imports.uploads import forget_imported, rejects_path
from rebill.kit.models import ImportLayout, StoredFile, Upload, Work
from rebill.parties.commands import revoke_role
from rebill.parties.models import Customer, Membership
from tests.factories import NOW, acting_of, make_seller
from tests.office.importing import CUSTOMERS, give, only_upload, upload, work_off, workbook

COLUMNS = {"column-0": "number", "column-1": "name", "column-2": "invoice_emails", "column-3": ""}
PAGES = "/s/waterkant/imports/"


def shown(answer):
    return answer.content.decode()


def test_a_file_goes_through_four_steps(office):
    columns = upload(office)
    assert "2 lines" in shown(office.get(columns))

    checked = office.post(columns, {**COLUMNS, "do": "check", "remembers": "on"}, follow=True)
    assert "Waiting for its turn" in shown(checked)
    work_off()
    check = shown(office.get(f"{columns}check/"))
    assert "Import 1 line" in check
    assert "“kapot” is not an e-mail address." in check
    assert not Customer.objects.exists()

    office.post(f"{columns}import/")
    work_off()
    result = shown(office.get(f"{columns}result/"))

    assert "klanten.csv is in, except what was rejected" in result
    assert Customer.objects.get().name == "Bakker B.V."
    assert "klanten.csv" in shown(office.get(PAGES))


def test_what_the_way_there_says_is_the_same_for_every_line(office, seller):
    create_rate_deck(acting=acting_of(seller), code="transvox", name="Transvox", now=NOW)
    rates = "prefix;price per minute\n316;0.20\n"

    answer = give(office, rates, entity="rates/?deck_code=transvox&nothing=1#", name="rates.csv")
    columns = shown(office.get(answer["Location"]))

    assert only_upload().constants == {"deck_code": "transvox"}
    assert 'value="transvox"' in columns
    # The day is picked; the refusal of what was typed otherwise shows it again.
    assert 'type="date" id="value-1"' in columns
    wrong = {"constant-0": "deck_code", "value-0": "transvox", "constant-1": "valid_from", "value-1": "01-10-2026"}
    assert 'type="text" id="value-1" name="value-1" value="01-10-2026"' in shown(
        office.post(answer["Location"], {**wrong, "column-0": "prefix", "column-1": "minute", "do": "check"})
    )


def test_rejected_lines_are_downloaded_mended_and_imported(office):
    columns = upload(office)
    office.post(columns, {**COLUMNS, "do": "check", "remembers": "on"})
    work_off()
    office.post(f"{columns}import/")
    work_off()

    rejected = b"".join(office.get(f"{columns}rejected/").streaming_content).decode("utf-8-sig")
    assert rejected.splitlines()[1].startswith("10002;Slager B.V.;kapot;blauw;3;E-mail;kapot;")
    mended = upload(office, rejected.replace("kapot", "b@slager.example"), name="mended.csv")
    assert "We know this layout" in shown(office.get(mended))
    office.post(mended, {"do": "check", "remembers": "on"})
    work_off()
    office.post(f"{mended}import/")
    work_off()

    assert set(Customer.objects.values_list("number", flat=True)) == {"10001", "10002"}


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_entity_has_its_first_step(office, entity):
    page = shown(office.get(f"{PAGES}{entity}/"))
    headings = office.get(f"{PAGES}{entity}/headings/").content.decode("utf-8-sig")

    assert "up to 200 MB" in page
    assert headings.count(";") >= 5
    assert f"{PAGES}{entity}/" in shown(office.get(PAGES))


def test_a_column_of_nothing_is_seen_and_can_be_left_out(office):
    columns = upload(office)

    before = shown(office.get(columns))
    office.post(columns, {"column-3": ""})
    after = shown(office.get(columns))

    assert "Not recognised. Choose, or leave out" in before
    assert "Not recognised. Choose, or leave out" not in after
    assert "Chosen by hand" in after


def test_two_columns_for_one_field_are_said_at_the_column(office):
    columns = upload(office)

    answer = office.post(columns, {"column-3": "name", "do": "check"})
    page = shown(answer)

    assert answer.status_code == 422
    assert "The columns “Klantnaam” and “Kleur” both go to Name. Leave one of them out." in page
    assert page.count('aria-invalid="true"') == 1


def test_a_field_that_every_line_needs_is_missed_where_it_can_be_set(office):
    columns = upload(office)

    answer = office.post(columns, {"column-0": "", "do": "check"})

    assert answer.status_code == 422
    assert "No column goes to it, and every line needs it." in shown(answer)


def test_what_the_file_does_not_say_is_the_same_for_every_line(office):
    columns = upload(office, "Klantnaam;E-mail\nBakker B.V.;a@bakker.example\n")
    lacking = office.post(columns, {"do": "check"})
    assert lacking.status_code == 422
    assert 'name="constant-0" value="number"' in shown(lacking)

    office.post(columns, {"constant-0": "number", "value-0": "10009", "do": "check"})
    work_off()

    assert "Import 1 line" in shown(office.get(f"{columns}check/"))


def test_a_value_for_every_line_that_is_none_is_said_beside_it(office):
    columns = upload(office)

    answer = office.post(columns, {"constant-0": "invoice_interval_months", "value-0": "soms", "do": "check"})

    assert answer.status_code == 422
    assert "“soms” is none of the allowed words." in shown(answer)
    assert 'value="soms"' in shown(answer)


def test_how_the_file_is_written_is_found_and_can_be_changed(office):
    columns = upload(office, "Klantnummer|Klantnaam\n10001|Bäcker\n".encode("cp1252"))
    assert "as found: vertical bar" in shown(office.get(columns))
    assert "as found: Windows-1252" in shown(office.get(columns))

    office.post(columns, {"delimiter": "comma", "encoding": "cp850"})
    changed = shown(office.get(columns))

    assert "Klantnummer|Klantnaam" in changed
    assert '<option value="comma" selected>' in changed


def test_a_row_without_headings_is_refused_beside_the_options(office):
    columns = upload(office)

    answer = office.post(columns, {"header_row": "40"})

    assert answer.status_code == 422
    assert "There are no headings in this row." in shown(answer)
    assert only_upload().options == {}


def test_titles_above_the_headings_are_skipped(office):
    columns = upload(office, workbook([["Relaties"], ["Klantnummer", "Klantnaam"], ["10001", "Bakker"]]), name="k.xlsx")

    page = shown(office.get(columns))

    assert "headings in row 2" in page
    assert "was taken for a title" in page
    assert "Sheet “Relaties”" in page


def test_a_layout_that_shall_not_be_remembered_is_not(office):
    columns = upload(office)

    office.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    office.post(f"{columns}import/")
    work_off()

    assert Customer.objects.count() == 1
    assert not ImportLayout.objects.exists()


def test_the_live_preview_answers_with_the_form_alone(office):
    columns = upload(office)

    answer = shown(office.post(columns, COLUMNS, headers={"HX-Request": "true"}))

    assert answer.lstrip().startswith("<input")
    assert "3 of 4 matched" in answer
    assert "<html" not in answer


def test_the_live_preview_reads_no_lines_when_the_button_was_pressed_meanwhile(office):
    columns = upload(office)

    answer = office.post(columns, {**COLUMNS, "do": "check"}, headers={"HX-Request": "true"})
    checked = office.post(columns, {**COLUMNS, "do": "check"})

    assert answer.status_code == 200
    assert checked.headers["Location"] == f"{columns}check/"


def test_an_imported_file_is_kept_by_its_content_and_not_imported_twice(office, data_folder):
    columns = upload(office)
    office.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    office.post(f"{columns}import/")
    again = office.post(f"{columns}import/", headers={"referer": "http://testserver/s/waterkant/imports/"})
    work_off()

    kept = only_upload()
    assert again.status_code == 302
    assert kept.work.result["accepted"] == 1
    assert StoredFile.objects.get(pk=kept.file_id).size == len(CUSTOMERS)
    assert list((data_folder / "uploads").iterdir()) == []


def test_a_list_of_people_is_forgotten_a_month_after_it_was_imported(office, data_folder):
    columns = upload(office)
    office.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    office.post(f"{columns}import/")
    work_off()
    kept = only_upload()
    paths = [path_of(kept.file), rejects_path(kept)]
    ended_at = kept.work.finished_at

    def forgotten(days: int, *entities: str) -> int:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return forget_imported(entities=entities, now=ended_at + timedelta(days=days))

    assert [forgotten(30, "customers"), forgotten(31, "tabs")] == [0, 0]
    assert all(path.exists() for path in paths)
    assert [forgotten(31, *LISTS_OF_PEOPLE), forgotten(31, *LISTS_OF_PEOPLE)] == [1, 0]

    assert not any(path.exists() for path in paths)
    assert not StoredFile.objects.exists()
    assert check_files() == []
    result = shown(office.get(f"{columns}result/"))
    assert "klanten.csv is in, except what was rejected" in result
    assert "kapot" not in result + str(list(Work.objects.values("result")))
    assert office.get(f"{columns}rejected/").status_code == 404
    assert only_upload().work.result["rejected"] == 1


def test_a_file_that_something_else_names_stays(office, seller):
    columns = upload(office)
    office.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    office.post(f"{columns}import/")
    work_off()
    kept = only_upload()
    Upload.objects.create(
        seller_id=seller.pk, entity="interim-lines", file_name="x", size=1, uploaded_at=NOW, file=kept.file
    )

    with TestCase.captureOnCommitCallbacks(execute=True):
        forget_imported(entities=LISTS_OF_PEOPLE, now=kept.work.finished_at + timedelta(days=31))

    assert path_of(kept.file).read_bytes() == CUSTOMERS.encode()
    assert check_files() == []


def test_an_import_that_was_killed_is_finished_and_says_so(office, seller):
    lines = "".join(f"1{n:04};Klant {n}\n" for n in range(1_500))
    columns = upload(office, f"Klantnummer;Klantnaam\n{lines}")
    office.post(columns, {"do": "check"})
    work_off()
    office.post(f"{columns}import/")
    taken = only_upload()
    opened = open_upload(acting=acting_of(seller), upload=taken, whole=True)
    with pytest.raises(KeyboardInterrupt):
        import_file(acting=acting_of(seller), opened=opened, now=NOW, on_progress=killed)
    assert Customer.objects.count() == 1_000
    assert "klanten.csv is being imported." in shown(office.get(PAGES))

    work_off()

    page = shown(office.get(f"{columns}result/"))
    assert "An earlier start of this import was stopped half way." in page
    assert only_upload().work.result["unchanged"] == 1_000
    assert Customer.objects.count() == 1_500


def killed(_done: int) -> None:
    raise KeyboardInterrupt


def test_an_import_that_cannot_go_on_says_so_and_can_be_begun_again(office, owner, member):
    clerk = member(Role.CLERK)
    columns = upload(clerk)
    clerk.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    clerk.post(f"{columns}import/")
    membership = Membership.objects.get(user__username="a-clerk")
    revoke_role(acting=acting_of(membership.seller), user=membership.user, now=NOW)
    work_off()
    assert "did not come to its end" in shown(office.get(PAGES))
    assert "Go on with the import" in shown(office.get(f"{columns}result/"))

    office.post(f"{columns}import/")
    work_off()

    assert "klanten.csv is in, except what was rejected" in shown(office.get(f"{columns}result/"))


def test_a_file_that_is_thrown_away_is_gone(office, data_folder):
    columns = upload(office)
    office.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    assert "Throw away klanten.csv?" in shown(office.get(f"{columns}throw-away/"))

    answer = office.post(f"{columns}throw-away/", follow=True)

    assert "klanten.csv was thrown away." in shown(answer)
    assert not Upload.objects.exists()
    assert list((data_folder / "uploads").iterdir()) == []
    assert office.get(columns).status_code == 404


def test_a_viewer_sees_the_history_and_imports_nothing(office, member):
    columns = upload(office)
    viewer = member(Role.VIEWER)

    page = shown(viewer.get(PAGES))

    assert "Imported so far" in page
    assert "What do you want to bring in?" not in page
    assert "klanten.csv" not in page
    assert give(viewer).status_code == 403
    for address in (columns, f"{columns}check/", f"{columns}result/", f"{columns}rejected/", f"{PAGES}customers/"):
        assert viewer.get(address).status_code == 403
    assert viewer.post(f"{columns}import/").status_code == 403
    assert viewer.post(f"{columns}throw-away/").status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.INTEGRATOR])
def test_clerks_and_integrators_import(member, role):
    client = member(role)

    columns = upload(client)
    client.post(columns, {**COLUMNS, "do": "check"})
    work_off()
    client.post(f"{columns}import/")
    work_off()

    assert Customer.objects.count() == 1


def test_the_file_of_another_seller_is_not_found(office, owner):
    columns = upload(office)
    make_seller("noordwal", owner=owner)
    theirs = columns.replace("waterkant", "noordwal")

    for address in (theirs, f"{theirs}check/", f"{theirs}result/", f"{theirs}rejected/", f"{theirs}throw-away/"):
        assert office.get(address).status_code == 404
    assert office.post(f"{theirs}import/").status_code == 404
    assert office.get(f"{PAGES}nothing/").status_code == 404


def test_the_list_of_imports_needs_few_queries(office, django_assert_max_num_queries):
    for _ in range(3):
        columns = upload(office)
        office.post(columns, {**COLUMNS, "do": "check"})
        work_off()
        office.post(f"{columns}import/")
        work_off()
    upload(office)

    with django_assert_max_num_queries(12):
        assert office.get(PAGES).status_code == 200
