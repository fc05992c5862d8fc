"""Requests and answers as documentation tells them: read, asked, and compared with what comes."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from rebill.interfaces.work.doing import do_work
from tests.api.conftest import Program

BLOCK = re.compile(r"^```http\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What may differ each time, or is left out of what is told.
ANYTHING = "…"


@dataclass(frozen=True)
class Told:
    """One block: its first line, its headers and its body."""

    first: str
    headers: dict[str, str]
    body: Any

    @classmethod
    def read(cls, block: str) -> "Told":
        head, _, body = block.strip().partition("\n\n")
        first, *headers = head.splitlines()
        named = dict(line.split(": ", 1) for line in headers)
        return cls(first, named, json.loads(body) if body else None)


@dataclass
class Teller:
    """Asks what is told, in order. What is told as id 42 may have another id here: both are remembered together."""

    program: Program
    ids: dict[str, str] = field(default_factory=dict)

    def tell(self, asked: Told, answered: Told) -> None:
        method, path = asked.first.split()
        told_headers = {name.replace("-", "_"): value for name, value in asked.headers.items()}
        told_headers.pop("Authorization", None)
        path = re.sub(r"[0-9a-f-]{36}|\d+", lambda found: self.ids.get(found[0], found[0]), path)
        answer = self.program.ask(method, path.removeprefix("/api/v1"), self.with_ids(asked.body), **told_headers)
        self.compare(asked, answered, answer)
        if answer.status_code == 202:
            do_work(answer.json()["id"])

    def compare(self, asked: Told, answered: Told, answer: HttpResponse) -> None:
        assert f"{answer.status_code} {answer.reason_phrase}" == answered.first, (asked.first, answer.content)
        if answered.body is not None:
            self.match(answered.body, json.loads(answer.content), asked.first)
        for name, value in answered.headers.items():
            known = re.sub(r"[0-9a-f-]{36}$|\d+$", lambda found: self.ids.get(found[0], found[0]), value)
            assert answer.headers[name] == known, (asked.first, name)

    def with_ids(self, body: Any, name: str = "") -> Any:
        if isinstance(body, dict):
            return {key: self.with_ids(value, key) for key, value in body.items()}
        if name.endswith("_id") and str(body) in self.ids:
            return int(self.ids[str(body)])
        return body

    def match(self, told: Any, found: Any, where: str, name: str = "") -> None:
        if told == ANYTHING:
            return
        if name in {"id", "uuid", "run"} or name.endswith("_id"):
            assert self.ids.setdefault(str(told), str(found)) == str(found), (where, name)
        elif isinstance(told, dict):
            is_whole = ANYTHING not in told
            assert not is_whole or told.keys() == found.keys(), (where, name, found)
            for key in told.keys() - {ANYTHING}:
                assert key in found, (where, key, found)
                self.match(told[key], found[key], f"{where} {name}", key)
        elif isinstance(told, list):
            assert len(told) == len(found), (where, name, found)
            for each, other in zip(told, found, strict=True):
                self.match(each, other, f"{where} {name}")
        else:
            assert told == found, (where, name, found)


def told_on(page: str) -> list[tuple[Told, Told]]:
    """Every request of a page with its answer."""
    blocks = [Told.read(block) for block in BLOCK.findall(page)]
    assert len(blocks) % 2 == 0
    return list(zip(blocks[::2], blocks[1::2], strict=True))
