"""Processes of their own on a database of their own: what tests start, kill and start again."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Processes:
    """Starts `python -m MODULE VERB WORDS` on one database, with one folder and one mail server."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "REBILL_DATA": str(folder),
            "REBILL_SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.running: list[subprocess.Popen[str]] = []

    def start(self, module: str, *words: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def run(self, module: str, *words: object) -> str:
        """To its end; what it printed."""
        return self.finish(self.start(module, *words))

    @staticmethod
    def finish(process: subprocess.Popen[str]) -> str:
        shown, aside = process.communicate(timeout=300)
        assert process.returncode == 0, aside
        return shown.strip()

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()
