"""Forms of the office: Django's own, with refusals of commands put beside the field they are about."""

from typing import Any

from django import forms

from rebill.kit.errors import Refused


class OfficeForm(forms.Form):
    """A form whose fields are named as the command's keywords.

    What a command refuses of one field has `field`, `why` and `remedy` (`parties.entries.EntryRefused` and its like)
    and stands beside that field; any other refusal stands on top of the form.
    """

    def refuse(self, refusal: Refused, *, field: str | None = None) -> None:
        """Show a refusal where it belongs. `field` says so when the refusal itself does not."""
        name = field or getattr(refusal, "field", None)
        why, remedy = getattr(refusal, "why", ""), getattr(refusal, "remedy", "")
        words = f"{why} {remedy}".strip() or str(refusal)
        self.add_error(name if name in self.fields else None, words)

    def changed_values(self) -> dict[str, Any]:
        """The cleaned values of the fields that differ from what the page had shown."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}
