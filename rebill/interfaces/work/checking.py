"""The long work of checking: everything that is stored of a seller is compared with all it must agree with."""

from rebill.interfaces.checking import CHECKS
from rebill.interfaces.work.contract import Job, Result
from rebill.kit.errors import Problem

# More are counted and not listed: whoever has so many mends a cause, not rows.
LISTED_MAX = 200


def check_books(job: Job) -> Result:
    """Asks every check; nothing is changed."""
    found: list[tuple[str, Problem]] = []
    for position, (question, check) in enumerate(CHECKS.items()):
        job.advance("checks", position, len(CHECKS))
        found += ((str(question), problem) for problem in check(job.acting, job.now))
    return {
        "checks": len(CHECKS),
        "problems": len(found),
        "blocking": sum(problem.blocking for _question, problem in found),
        "listed": [
            {
                "check": question,
                "code": problem.what,
                "where": problem.where,
                "why": problem.why,
                "remedy": problem.remedy,
                "is_blocking": problem.blocking,
            }
            for question, problem in found[:LISTED_MAX]
        ],
    }
