"""How an import refuses: one cell, or the whole file; both say why and how to mend it."""

from rebill.kit.errors import Invalid, Problem


class CellRefused(Invalid):
    """One cell cannot be taken. The line is rejected, the file goes on."""

    def __init__(self, *, why: str, remedy: str, value: str = "") -> None:
        super().__init__(f"{why} {remedy}")
        self.why = why
        self.remedy = remedy
        self.value = value


class FileRefused(Invalid):
    """The file as a whole cannot be read, or not with these options; nothing of it was taken.

    `what` is a stable code such as "import.encrypted", `where` names the file and, where there is one, the line.
    """

    def __init__(self, *, what: str, where: str, why: str, remedy: str, value: str = "") -> None:
        super().__init__(f"{where}: {why} {remedy}")
        self.problem = Problem(what=what, where=where, why=why, remedy=remedy, value=value, blocking=True)


class MappingRefused(Invalid):
    """The mapping does not fit the file or the entity; `problems` names every reason at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(f"{problem.why} {problem.remedy}" for problem in problems))
        self.problems = problems
