"""As much Ruby as Lago's scenarios are written in: expressions, read once and evaluated against a scope.

Floats are read as decimals, symbols as texts. What a name or a method means is the scope's business. Lines were joined
when the scenarios were transcribed, so that a comment ends where the next named value or closing bracket stands.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tests.scenarios.outcomes import OutOfScope

TOKEN = re.compile(
    r"""\s*(?:
      (?P<comment>\#.*?(?=\s[a-z_]+:\s|[}\]]|$))
    | (?P<number>\d[\d_]*(?:\.\d[\d_]*)?(?:e\d+)?)
    | (?P<text>"(?:[^"\\]|\\.)*"|'[^']*')
    | (?P<label>[A-Za-z_]\w*[?!]?:(?!:))
    | (?P<symbol>:[A-Za-z_]\w*[?!]?)
    | (?P<name>(?:::)?[A-Za-z_]\w*[?!]?)
    | (?P<sign>&:|&\.|\.\.\.?|::|==|!=|>=|<=|&&|\|\||=>|->|[-+*/%<>=!.,()\[\]{}|?:;&])
    )""",
    re.VERBOSE,
)
POWERS = [("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%")]
CLOSING = {"(": ")", "[": "]", "{": "}"}


class Scope(Protocol):
    """What an expression is evaluated against."""

    def name(self, name: str, arguments: "Arguments") -> Any: ...

    def method(self, target: Any, name: str, arguments: "Arguments") -> Any: ...

    def assign(self, name: str, value: Any) -> None: ...


@dataclass
class Arguments:
    """What a call was given. `block` answers what its block answers for one value."""

    values: list[Any]
    words: dict[str, Any]
    block: Callable[[Any], Any] | None = None


Expression = Callable[[Scope], Any]


def evaluate(text: str, scope: Scope) -> Any:
    """The value of the last expression in the text. What stands behind a bracket too many is not read."""
    value = None
    for expression in parse(text):
        value = expression(scope)
    return value


def parse(text: str) -> list[Expression]:
    reader = _Reader(list(_tokens(text)))
    found = []
    while reader.kind and reader.value not in (")", "]", "}"):
        found.append(reader.statement())
        while reader.value == ";":
            reader.next()
    return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise OutOfScope("Ruby that is not read")
        position = match.end()
        if match.lastgroup != "comment":
            yield match.lastgroup or "", match[match.lastgroup or 0]


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.position = tokens, 0

    @property
    def kind(self) -> str:
        return self.tokens[self.position][0] if self.position < len(self.tokens) else ""

    @property
    def value(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def next(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1][1]

    def expect(self, value: str) -> None:
        if self.value != value:
            raise OutOfScope("Ruby that is not read")
        self.next()

    def statement(self) -> Expression:
        start = self.position
        if self.kind == "name" and self.tokens[start + 1 : start + 2] == [("sign", "=")]:
            name = self.next()
            self.next()
            value = self.expression()
            return lambda scope: scope.assign(name, value(scope))
        found = self.expression()
        if self.value == "=":
            raise OutOfScope("Ruby that is not read")
        if self.kind == "name" and self.value in ("if", "unless"):
            wanted = self.next() == "if"
            condition = self.expression()
            return lambda scope: found(scope) if bool(condition(scope)) is wanted else None
        return found

    def expression(self) -> Expression:
        condition = self.binary(0)
        if self.value != "?":
            return condition
        self.next()
        first = self.expression()
        self.expect(":")
        second = self.expression()
        return lambda scope: first(scope) if condition(scope) else second(scope)

    def binary(self, level: int) -> Expression:
        if level == len(POWERS):
            return self.unary()
        left = self.binary(level + 1)
        while self.kind == "sign" and self.value in POWERS[level]:
            left = _operation(self.next(), left, self.binary(level + 1))
        return left

    def unary(self) -> Expression:
        if self.value == "!":
            self.next()
            negated = self.unary()
            return lambda scope: not negated(scope)
        if self.value == "-":
            self.next()
            number = self.unary()
            return lambda scope: -number(scope)
        return self.postfix(self.primary())

    def primary(self) -> Expression:
        kind, value = self.kind, self.next() if self.kind else ""
        if kind == "number":
            number = _number(value)
            return lambda scope: number
        if kind == "text":
            return _text(value)
        if kind == "symbol":
            return lambda scope: value[1:]
        if kind == "name":
            return self.name(value)
        if value == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if value == "[":
            items = self.listed("]")
            return lambda scope: [item(scope) for item in items]
        if value == "{":
            return self.table("}")
        raise OutOfScope("Ruby that is not read")

    def name(self, name: str) -> Expression:
        if name in ("nil", "true", "false"):
            known = {"nil": None, "true": True, "false": False}[name]
            return lambda scope: known
        while self.kind == "name" and self.value.startswith("::"):
            name += self.next()
        name = name.removeprefix("::")
        given = self.arguments()
        return lambda scope: scope.name(name, given(scope))

    def postfix(self, target: Expression) -> Expression:
        while True:
            if self.value in (".", "&."):
                self.next()
                target = self.call(target, self.next())
            elif self.value == "[" and self.kind == "sign":
                self.next()
                key = self.expression()
                self.expect("]")
                target = self.indexed(target, key)
            else:
                return target

    def call(self, target: Expression, name: str) -> Expression:
        given = self.arguments()
        if self.value == "=" and self.tokens[self.position + 1 : self.position + 2] != [("sign", "=")]:
            self.next()
            value = self.expression()
            return lambda scope: scope.method(target(scope), f"{name}=", Arguments([value(scope)], {}))
        return lambda scope: scope.method(target(scope), name, given(scope))

    def indexed(self, target: Expression, key: Expression) -> Expression:
        if self.value == "=" and self.kind == "sign":
            self.next()
            value = self.expression()
            return lambda scope: scope.method(target(scope), "[]=", Arguments([key(scope), value(scope)], {}))
        return lambda scope: scope.method(target(scope), "[]", Arguments([key(scope)], {}))

    def arguments(self) -> Callable[[Scope], Arguments]:
        values: list[Expression] = []
        words: dict[str, Expression] = {}
        block: Expression | None = None
        if self.value == "(" and self.kind == "sign":
            self.next()
            while self.value != ")":
                if self.value == "&:":
                    self.next()
                    block = _sent(self.next())
                elif self.kind == "label":
                    word = self.next()[:-1]
                    words[word] = self.labelled(word)
                else:
                    values.append(self.expression())
                if self.value == ",":
                    self.next()
                elif self.value != ")":
                    raise OutOfScope("Ruby that is not read")
            self.next()

        def given(scope: Scope) -> Arguments:
            answer = (lambda value: block(scope)(value)) if block else None
            return Arguments(
                [each(scope) for each in values], {word: each(scope) for word, each in words.items()}, answer
            )

        return given

    def labelled(self, word: str) -> Expression:
        """The value of `word: value`, or of the name itself where only `word:` is written."""
        if self.value in (",", ")", "}", ""):
            return lambda scope: scope.name(word, Arguments([], {}))
        return self.expression()

    def listed(self, closing: str) -> list[Expression]:
        items = []
        while self.value != closing:
            items.append(self.table(closing, braced=False) if self.kind == "label" else self.expression())
            if self.value == ",":
                self.next()
        self.next()
        return items

    def table(self, closing: str, *, braced: bool = True) -> Expression:
        entries: list[tuple[Expression, Expression]] = []
        while self.value != closing:
            if self.kind == "label":
                word = self.next()[:-1]
                entries.append((_constant(word), self.labelled(word)))
            else:
                key = self.expression()
                self.expect("=>")
                entries.append((key, self.expression()))
            if self.value == ",":
                self.next()
        if braced:
            self.next()
        return lambda scope: {key(scope): value(scope) for key, value in entries}


def _constant(value: Any) -> Expression:
    return lambda scope: value


def _sent(name: str) -> Expression:
    return lambda scope: lambda value: scope.method(value, name, Arguments([], {}))


def _number(text: str) -> int | Decimal:
    plain = text.replace("_", "")
    return Decimal(plain) if "." in plain or "e" in plain else int(plain)


def _text(quoted: str) -> Expression:
    parts = re.split(r"#\{([^}]*)\}", quoted[1:-1]) if quoted.startswith('"') else [quoted[1:-1]]
    return lambda scope: "".join(
        str(evaluate(part, scope)) if number % 2 else part for number, part in enumerate(parts)
    )


def _operation(sign: str, left: Expression, right: Expression) -> Expression:
    def apply(scope: Scope) -> Any:
        first = left(scope)
        if sign in ("&&", "||"):
            return right(scope) if bool(first) is (sign == "&&") else first
        return _applied(sign, first, right(scope))

    return apply


def _applied(sign: str, first: Any, second: Any) -> Any:
    if sign in ("==", "!="):
        return (first == second) is (sign == "==")
    if sign in ("<", ">", "<=", ">="):
        return {"<": first < second, ">": first > second, "<=": first <= second, ">=": first >= second}[sign]
    if sign == "+":
        return first + second
    if sign == "-":
        return first - second
    if sign == "*":
        return first * second
    if sign == "%":
        return first % second
    return first // second if isinstance(first, int) and isinstance(second, int) else Decimal(first) / Decimal(second)
