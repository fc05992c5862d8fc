"""Fixtures every test may use, and the promise that nothing is skipped unseen where everything should run."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection
from hypothesis import settings as examples
from playwright.sync_api import Browser, sync_playwright

from tests.databases import MigratedDatabase

os.environ.setdefault("REBILL_SECRET_KEY", "only-for-tests")
# How wide the terminal is decides where lines break, and not every runner has a terminal.
os.environ["COLUMNS"] = "120"
# Nor does everybody's terminal speak English.
os.environ["REBILL_LANGUAGE"] = "en"
# Playwright runs an event loop in the thread of the test, in which Django would refuse to touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A good hash takes a quarter of a second, and hundreds of tests begin with somebody who has a password.
project.PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]

# A slow machine is no broken rule. Where a change is let in or not (REBILL_CI=1) the same examples are drawn each time:
# what it says of a commit it says again. Everybody else draws new ones, which is how counterexamples are found.
examples.register_profile("rebill", deadline=None, derandomize=bool(os.environ.get("REBILL_CI")))
examples.load_profile("rebill")


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings) -> Path:
    """Each test keeps its files and mails in a folder of its own."""
    settings.REBILL_DATA = tmp_path / "data"
    settings.DATA_DIR = tmp_path / "data"
    settings.EMAIL_FILE_PATH = str(tmp_path / "data" / "mail")
    return settings.REBILL_DATA


@pytest.fixture(scope="session")
def migrated_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MigratedDatabase]:
    """What the databases of the tests are copied from, in the folder that the workers of a run share."""
    base = tmp_path_factory.getbasetemp()
    database = MigratedDatabase(base.parent if hasattr(request.config, "workerinput") else base)
    yield database
    database.drop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    migrated_database: MigratedDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The database of the tests is there before Django looks for it.

    SQLite keeps it in a file, as in use: in memory all threads would share one connection, and with it one transaction.
    """
    if connection.vendor == "sqlite":
        file = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        project.DATABASES["default"].setdefault("TEST", {})["NAME"] = file
    name = connection.creation._get_test_db_name()
    migrated_database.fill(name)
    yield
    migrated_database.remove(name)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django takes the database as it finds it."""
    return True


@pytest.fixture(scope="session")
def django_db_createdb() -> bool:
    """Nor does it make a new one."""
    return False


@pytest.fixture
def own_database(migrated_database: MigratedDatabase, tmp_path: Path) -> Iterator[str]:
    """The URL of a database for processes of the test's own: of the kind that the tests run on, with all tables."""
    with migrated_database.copied(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window; skipped where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


# What is proved here knows no database, so that trying it on a second one would say nothing new.
WITHOUT_DATABASE = ("architecture/", "rules/", "scenarios/", "kit/test_imports_", "usage/test_engine")
# Minutes of a browser on every page, and the Spark that starts once.
LONG = ("office/test_accessible.py",)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Marks as `once` what stands in those folders and modules and asks for no database.

    What takes longest begins first, so that no core waits for it in the end.
    """
    for item in items:
        if _place(item).startswith(WITHOUT_DATABASE) and "_django_db_helper" not in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.once)
    yield
    items.sort(key=lambda item: _place(item) not in LONG and "spark" not in getattr(item, "fixturenames", ()))


def _place(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).as_posix()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Where everything should run (REBILL_CI=1) a skipped test is a failed test, with its reason."""
    outcome = yield
    if not hasattr(outcome.get_result(), "wasxfail"):
        _refuse_skipping(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """The same for a module that is skipped whole."""
    outcome = yield
    _refuse_skipping(outcome.get_result())


def _refuse_skipping(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("REBILL_CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped here. {reason}"
