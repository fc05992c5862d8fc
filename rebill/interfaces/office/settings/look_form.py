"""What is typed of a look: how it becomes the command's changes, and the look as it would be."""

import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces.office.forms import OfficeForm
from rebill.invoices.documents.contract import Logo, Look, Template
from rebill.invoices.documents.pdf.fonts import installed_families
from rebill.invoices.documents.pdf.logos import BYTES_MAX as LOGO_BYTES_MAX
from rebill.invoices.documents.pdf.press import MAIN_FILE
from rebill.invoices.documents.pdf.template_files import BYTES_MAX as TEMPLATE_BYTES_MAX
from rebill.invoices.documents.pdf.template_files import read_template
from rebill.parties.commands.look import TEXT_LENGTHS, FileGiven, LookChanges, tidy_logo
from rebill.parties.models import Look as KeptLook

_VALUES: tuple[Literal["accent_colour", "ink_colour", "font"], ...] = ("accent_colour", "ink_colour", "font")
TEXTS = ("intro", "closing", "footer")
BUILT_IN, OWN = "built-in", "own"
# A fixed moment, so that the same files are the same bytes.
_ZIP_MOMENT = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TextsOf:
    """The three texts of one language as the page shows them."""

    language: str
    name: str
    fields: list[forms.BoundField]


class LookForm(OfficeForm):
    """Colours, font, logo, texts per language, and the template of documents."""

    accent_colour = forms.CharField(label=gettext_lazy("Accent colour"), widget=forms.ColorInput)
    ink_colour = forms.CharField(label=gettext_lazy("Colour of the text"), widget=forms.ColorInput)
    font = forms.ChoiceField(label=gettext_lazy("Font"))
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, SVG or JPEG, up to 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".png,.svg,.jpg,.jpeg,image/png,image/svg+xml,image/jpeg"}),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("No logo"), required=False)
    template_kind = forms.ChoiceField(
        label=gettext_lazy("Template"),
        widget=forms.RadioSelect,
        choices=[(BUILT_IN, gettext_lazy("The built-in one")), (OWN, gettext_lazy("A Typst template of your own"))],
    )
    template_source = forms.CharField(
        label=gettext_lazy("invoice.typ"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "mono", "spellcheck": "false", "autocomplete": "off"}),
    )
    template_file = forms.FileField(
        label=gettext_lazy("Or upload it"),
        required=False,
        help_text=gettext_lazy("A .typ file, or a ZIP with invoice.typ and its pictures and fonts, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".typ,.zip"}),
    )

    def __init__(
        self, said: QueryDict | None, given: Any, *, kept: KeptLook | None, current: Look, languages: list[str]
    ) -> None:
        self.kept, self.current, self.languages = kept, current, languages
        texts = kept.texts if kept is not None else {}
        shown = {
            "accent_colour": current.accent,
            "ink_colour": current.ink,
            "font": current.font,
            "template_kind": OWN if current.template else BUILT_IN,
            "template_source": source_of(current.template),
        }
        shown |= {
            f"{name}_{language}": texts.get(language, {}).get(name, "") for language in languages for name in TEXTS
        }
        super().__init__(said, given, initial=shown)
        families = dict.fromkeys([*installed_families(), current.font])
        font = self.fields["font"]
        assert isinstance(font, forms.ChoiceField)
        font.choices = [(family, family) for family in families]
        labels = {"intro": _("Above the lines"), "closing": _("Below the sums"), "footer": _("Footer")}
        for language in languages:
            for name in TEXTS:
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=labels[name],
                    required=False,
                    max_length=TEXT_LENGTHS[name],
                    widget=forms.Textarea(attrs={"rows": 2}),
                )

    @property
    def texts(self) -> list[TextsOf]:
        """The texts by language, in the order of the seller's languages."""
        names = dict(settings.LANGUAGES)
        return [
            TextsOf(language, names.get(language, language), [self[f"{name}_{language}"] for name in TEXTS])
            for language in self.languages
        ]

    def clean_logo(self) -> TemporaryUploadedFile | None:
        """No more than can be drawn quickly; what it is, the command finds out."""
        return _bounded(self.cleaned_data["logo"], LOGO_BYTES_MAX)

    def clean_template_file(self) -> TemporaryUploadedFile | None:
        """No more than a template may have."""
        return _bounded(self.cleaned_data["template_file"], TEMPLATE_BYTES_MAX)

    def changes(self) -> LookChanges:
        """What differs from the look in force, as the command takes it. BadTemplate or EntryRefused for files."""
        said = self.cleaned_data
        changes = LookChanges()
        for name in _VALUES:
            if name in self.changed_data:
                changes[name] = said[name]
        texts = {
            language: {name: said[f"{name}_{language}"] for name in TEXTS if f"{name}_{language}" in self.changed_data}
            for language in self.languages
        }
        if any(texts.values()):
            changes["texts"] = texts
        if said["logo"] is not None:
            changes["logo"] = tidy_logo("logo", FileGiven(said["logo"].read(), ""))
            said["logo"].seek(0)
        elif said["remove_logo"] and self.current.logo is not None:
            changes["logo"] = None
        self._change_template(changes)
        if changes and self.kept is None:
            # The first look says all of them: what is shown until then is the built-in one.
            changes = {**changes, **{name: said[name] for name in _VALUES}}  # type: ignore[typeddict-item]
        return changes

    def _change_template(self, changes: LookChanges) -> None:
        said, kept = self.cleaned_data, self.current.template
        if said["template_kind"] == BUILT_IN:
            if kept is not None:
                changes["template"] = None
        elif said["template_file"] is not None:
            content = said["template_file"].read()
            said["template_file"].seek(0)
            changes["template"] = FileGiven(content, _type_of(content))
        else:
            source = said["template_source"].replace("\r\n", "\n")
            if kept is None or source != source_of(kept):
                content = _with_source(kept, source)
                changes["template"] = FileGiven(content, _type_of(content))

    def wanted(self, changes: LookChanges, language: str) -> Look:
        """The look as it would be, with the footer in this language. BadTemplate when the template's files are none."""
        logo, template = self.current.logo, self.current.template
        if "logo" in changes:
            given = changes["logo"]
            logo = Logo(given.content, given.media_type) if given is not None else None
        if "template" in changes:
            own = changes["template"]
            template = read_template(own.content) if own is not None else None
        return Look(
            accent=self.cleaned_data["accent_colour"],
            ink=self.cleaned_data["ink_colour"],
            font=self.cleaned_data["font"],
            logo=logo,
            footer=self.cleaned_data.get(f"footer_{language}", ""),
            template=template,
        )


def source_of(template: Template | None) -> str:
    """The text of `invoice.typ`: the seller's own, else ours to begin with."""
    own = dict(template.files) if template is not None else {}
    return own[MAIN_FILE].decode() if MAIN_FILE in own else _built_in_source()


@lru_cache(maxsize=1)
def _built_in_source() -> str:
    return (files("rebill.invoices.documents.pdf") / "templates" / MAIN_FILE).read_text("utf-8")


def _with_source(template: Template | None, source: str) -> bytes:
    """The template with another `invoice.typ`; its other files stay."""
    others = [each for each in template.files if each[0] != MAIN_FILE] if template is not None else []
    if not others:
        return source.encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in [(MAIN_FILE, source.encode()), *others]:
            archive.writestr(zipfile.ZipInfo(name, _ZIP_MOMENT), body)
    return content.getvalue()


def _type_of(content: bytes) -> str:
    return "application/zip" if content.startswith(b"PK") else "text/plain"


def _bounded(file: TemporaryUploadedFile | None, bytes_max: int) -> TemporaryUploadedFile | None:
    if file is not None and (file.size or 0) > bytes_max:
        words = _("The file is larger than %(limit)s MB. Choose a smaller one.")
        raise forms.ValidationError(words % {"limit": bytes_max // 1_000_000})
    return file
