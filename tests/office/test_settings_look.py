"""The look of documents: seen before it is used, tried before it is kept, and back again; and the mails beside them."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.invoices.documents.pdf.press import MAIN_FILE
from rebill.invoices.queries.samples import look_in_use
from rebill.parties.models import Look
from tests.factories import make_seller

HERE = "/s/waterkant/settings/look/"
MAILS = "/s/waterkant/settings/mails/"
PNG = b"\x89PNG\r\n\x1a\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#c00"/></svg>'
PLAIN = '#let it = json(bytes(sys.inputs.document))\n#set page(paper: "a4")\n#it.title\n'


def shown(answer):
    return answer.content.decode()


def said(**changes):
    """The form as it is shown before anything is chosen."""
    return {
        "accent_colour": "#24292f",
        "ink_colour": "#211f1b",
        "font": "Inter",
        "template_kind": "built-in",
        **changes,
    }


def preview(office, **changes):
    return shown(office.post(f"{HERE}preview/", said(**changes), headers={"HX-Request": "true"}))


def test_the_picture_of_the_look_in_use_is_fetched(office):
    answer = office.get(f"{HERE}preview/?language=nl")

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(PNG)
    assert f'src="{HERE}preview/?language=nl"' in shown(office.get(HERE))


def test_the_picture_follows_what_is_typed_and_nothing_is_kept(office):
    before = preview(office)
    after = preview(office, accent_colour="#c2410c")
    footer = preview(office, accent_colour="#c2410c", footer_nl="Tot de volgende keer.", language="nl")

    assert 'src="data:image/png;base64,' in before
    assert len({before, after, footer}) == 3
    assert not Look.objects.exists()


def test_a_look_is_used_and_the_earlier_one_is_used_again(office, seller):
    office.post(HERE, said(accent_colour="#c2410c", footer_nl="Dank."))
    first = Look.objects.get()
    office.post(HERE, said(accent_colour="#0b6a6f", footer_nl=""))
    assert look_in_use(seller, "nl").accent == "#0b6a6f"
    assert look_in_use(seller, "nl").footer == ""

    page = shown(office.post(f"{HERE}{first.pk}/again/", follow=True))

    assert look_in_use(seller, "nl").accent == "#c2410c"
    assert look_in_use(seller, "nl").footer == "Dank."
    assert "The earlier look is used again from now on." in page
    assert Look.objects.count() == 3


def test_nothing_changed_makes_no_new_look(office):
    office.post(HERE, said())

    assert not Look.objects.exists()


def test_a_logo_is_drawn_kept_and_taken_away(office, seller):
    with_logo = preview(office, logo=SimpleUploadedFile("logo.svg", SVG))
    assert with_logo != preview(office)

    office.post(HERE, said(logo=SimpleUploadedFile("logo.svg", SVG)))
    assert look_in_use(seller, "nl").logo.content == SVG
    office.post(HERE, said(remove_logo="on"))

    assert look_in_use(seller, "nl").logo is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "It is no PNG, JPEG or SVG."),
        (PNG + b"broken", "The logo is a PNG that breaks off at its beginning."),
        (b"<svg", "The logo"),
        (PNG + bytes(1_100_000), "The file is larger than 1 MB."),
    ],
)
def test_a_logo_that_is_none_is_refused_at_its_field(office, content, words):
    answer = office.post(HERE, said(logo=SimpleUploadedFile("logo.png", content)))

    assert answer.status_code == 422
    assert words in shown(answer)
    assert 'id="id_logo_error"' in shown(answer)
    assert not Look.objects.exists()


def test_an_own_template_is_edited_in_place(office, seller):
    office.post(HERE, said(template_kind="own", template_source=PLAIN))
    assert dict(look_in_use(seller, "nl").template.files)[MAIN_FILE].decode() == PLAIN

    office.post(HERE, said(template_kind="built-in", template_source=PLAIN))

    assert look_in_use(seller, "nl").template is None


def test_the_files_beside_an_edited_template_stay(office, seller):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("invoice.typ", PLAIN)
        archive.writestr("house.svg", SVG)
    office.post(HERE, said(template_kind="own", template_file=SimpleUploadedFile("t.zip", content.getvalue())))

    office.post(HERE, said(template_kind="own", template_source=f"{PLAIN}#image('house.svg')".replace("'", '"')))

    files = dict(look_in_use(seller, "nl").template.files)
    assert files["house.svg"] == SVG
    assert b"#image" in files[MAIN_FILE]


HOSTILE = {
    "a fault": (f"{PLAIN}#it.nothing", "invoice.typ line 4: dictionary does not contain key"),
    "a file of the machine": ('#read("/etc/passwd")', "file not found"),
    "a way out of the folder": ('#read("../../../etc/passwd")', "would escape the project root"),
    "something from the network": ('#import "@preview/cetz:0.2.2": *', "packages are not available"),
    "no end": ("#let f(x) = f(x + 1)\n#f(1)", "maximum function call depth exceeded"),
    "all the memory": ("#let x = (1,)\n#for i in range(60) { x = x + x }", "invoice.typ"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_template_that_does_harm_is_said_and_not_used(office, what):
    source, words = HOSTILE[what]

    picture = preview(office, template_kind="own", template_source=source)
    assert "data:image" not in picture
    if what == "all the memory":
        return

    answer = office.post(HERE, said(template_kind="own", template_source=source))

    assert words in picture.replace("&quot;", '"')
    assert answer.status_code == 422
    assert 'id="id_template_source_error"' in shown(answer)
    assert "root:" not in shown(answer)
    assert not Look.objects.exists()


def test_without_scripts_the_picture_comes_with_the_page(office):
    page = shown(office.post(f"{HERE}preview/", said(accent_colour="#c2410c")))

    assert "<html" in page
    assert 'src="data:image/png;base64,' in page
    assert 'value="#c2410c"' in page


def test_the_look_of_another_seller_is_not_found(office):
    theirs = Look.objects.create(seller=make_seller("noordwal"), created_at="2026-09-01T06:00:00Z")

    assert office.post(f"{HERE}{theirs.pk}/again/").status_code == 404


# --- mails ----------------------------------------------------------------------------------------------------------


def test_a_mail_is_written_with_an_example_beside_it(office, seller):
    typed = {"subject": "Factuur {number}", "body": "Beste {customer},\n\nGraag {total} voor {due_on}."}
    example = shown(office.post(f"{MAILS}example/?language=nl&mail=invoice", typed))
    assert "Factuur 2026-00042" in example
    assert "Beste Roeivereniging De Riem," in example
    assert "€\xa01.231,40" in example

    office.post(f"{MAILS}?language=nl&mail=invoice", typed)

    assert Look.objects.get().texts["nl"]["mail_subject"] == "Factuur {number}"
    assert "Graag {total}" in shown(office.get(f"{MAILS}?language=nl&mail=invoice"))


def test_a_place_that_nothing_is_filled_in_for_is_said(office):
    example = shown(office.post(f"{MAILS}example/?language=nl&mail=invoice", {"subject": "{nummer}", "body": ""}))

    assert "Nothing is filled in for nummer." in example


def test_a_mail_keeps_the_built_in_words_where_nothing_is_written(office):
    page = shown(office.get(f"{MAILS}?language=nl&mail=credit_note"))

    assert 'placeholder="Creditnota' in page
    assert page.count("2026-00042") >= 1


def test_who_mails_come_from_is_refused_at_its_field(office):
    wrong = office.post(f"{MAILS}sender/", {"sender_email": "kapot"})
    office.post(f"{MAILS}sender/", {"sender_name": "Marit", "sender_email": "marit@waterkant.example"})

    assert wrong.status_code == 422
    assert 'id="id_sender_email_error"' in shown(wrong)
    assert "Marit &lt;marit@waterkant.example&gt;" in shown(office.get(MAILS))
