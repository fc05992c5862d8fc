"""Running several workers at the same time."""

from subprocess import Popen


def finish(*workers: Popen[str]) -> list[str]:
    """Let the workers go all at once, wait for them, and give what each printed."""
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n", worker.communicate()[1]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    printed = []
    for worker in workers:
        output, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
        printed.append(output.strip())
    return printed
