"""Every endpoint that the description names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rebill.interfaces.api.v1 import describe_api
from tests.sources.supplier_invoices.written import Finvoice, Row

FILES = {
    "put_logo": ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "image/svg+xml"),
    "put_template": ("invoice.typ", b"#let x = ", "text/plain"),
    "take_in_purchase_invoice": (
        "finvoice.xml",
        Finvoice([Row(party=("", "Somebody else"))], number="900999").written(),
        "application/xml",
    ),
    "take_purchase_file": (
        "rows.csv",
        b"invoice_number;invoice_date;supplier_name;name;amount\nT-1;2026-09-01;Tulip Cloud;Hosting;12,00\n",
        "text/csv",
    ),
    "import_file": ("customers.csv", b"number;name\nK-9;Kok Catering\n;no number\n", "text/csv"),
}


@dataclass(frozen=True)
class Operation:
    """One endpoint: its method, its address with parameters, and what the description says of it."""

    method: str
    path: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix('/api/v1')}"

    @property
    def name(self) -> str:
        return self.said["operationId"]

    @property
    def is_write(self) -> bool:
        """Whether it changes something: then it takes a key under which it is done once."""
        return any(each["name"] == "Idempotency-Key" for each in self.said.get("parameters", ()))

    @property
    def scope(self) -> str:
        return self.said["x-scope"]

    @property
    def body(self) -> dict[str, Any] | None:
        """The description of its JSON body, if it reads one."""
        content = self.said.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schemas = describe_api()["components"]["schemas"]
        return schemas[content["schema"]["$ref"].rpartition("/")[2]]

    @property
    def reads_files(self) -> bool:
        return "multipart/form-data" in self.said.get("requestBody", {}).get("content", {})

    @property
    def file(self) -> tuple[str, bytes, str]:
        """A file that it takes: name, content and media type."""
        return FILES[self.name]

    @property
    def example(self) -> dict[str, Any] | None:
        return None if self.body is None else self.body["examples"][0]


def operations() -> Iterator[Operation]:
    """All of them, in the order of the description."""
    for path, methods in describe_api()["paths"].items():
        for method, said in methods.items():
            yield Operation(method.upper(), path, said)
