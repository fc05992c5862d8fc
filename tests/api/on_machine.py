"""What a program does in a process of its own: `python -m tests.api.on_machine token|send SECRET KEY GATE`."""

import json
import sys

import django

django.setup()

from django.test.utils import setup_test_environment  # noqa: E402

from rebill.access.scopes import ALL_SCOPES  # noqa: E402
from rebill.parties.commands import create_token  # noqa: E402
from rebill.parties.models import Customer, Seller  # noqa: E402
from tests.api.conftest import Program  # noqa: E402
from tests.factories import NOW, acting_of  # noqa: E402
from tests.gate import Gate  # noqa: E402


def token() -> None:
    """A token that may do everything."""
    _, secret = create_token(acting=acting_of(Seller.objects.get()), name="Test", scopes=ALL_SCOPES, now=NOW)
    sys.stdout.write(secret)


def send(secret: str, key: str, gate: str) -> None:
    """Makes a customer when the gate opens; tells the answer."""
    Gate(gate).wait()
    answer = Program(secret).post("/customers", {"name": "De Vries", "number": "K-1"}, key=key)
    repeated = "Idempotent-Replayed" in answer.headers
    sys.stdout.write(json.dumps({"status": answer.status_code, "body": answer.json(), "repeated": repeated}))


def count() -> None:
    """How many customers there are."""
    sys.stdout.write(str(Customer.objects.count()))


if __name__ == "__main__":
    setup_test_environment()
    {"token": token, "send": send, "count": count}[sys.argv[1]](*sys.argv[2:])
