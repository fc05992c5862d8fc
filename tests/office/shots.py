"""Pictures of every page, to be looked at: `make shots` writes them into shots/, from the demo partner's data.

Pages are found as people find them: from Today, link by link, one of each kind.
"""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections import deque
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from time import sleep
from urllib.parse import urljoin, urlsplit

import django
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import sync_playwright

SLUG = "waterkant"
# allauth's pages, which the office links to, and what is seen before signing in.
ACCOUNT = ("mfa_index", "usersessions_list", "account_change_password")
BEFORE = ("account_login", "account_reset_password")
LOOKS = (("1440", 1440, 900, "light"), ("390", 390, 844, "light"), ("1440-dark", 1440, 900, "dark"))
_LINK = re.compile(r'href="([^"#]+)')


def find_pages(client: Client, start: str) -> dict[str, str]:
    """One path for each kind of page that links lead to, by the name of its address."""
    found: dict[str, str] = {}
    waiting, seen = deque([start]), {start}
    while waiting:
        path = waiting.popleft()
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        if name in found or not name.startswith("office:"):
            continue
        answer = client.get(path)
        if answer.status_code != 200 or answer.streaming or b"<html" not in answer.content:
            continue
        found[name] = path
        for link in _LINK.findall(answer.content.decode()):
            reached = urljoin(path, unescape(link))
            if reached.startswith("/") and reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    return found


def main(folder: Path) -> None:
    """Serves the data folder of this process and takes the pictures."""
    # What knows the tables can be read only after Django is set up.
    from rebill.interfaces.cli.serve import free_port  # noqa: PLC0415
    from rebill.parties.models import Membership  # noqa: PLC0415

    owner = Membership.objects.filter(seller__slug=SLUG, role="owner").first().user
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(owner)
    pages = {**find_pages(client, f"/s/{SLUG}/"), **{name: reverse(name) for name in (*ACCOUNT, *BEFORE)}}
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port(18_100)
    base = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "rebill.interfaces.cli", "serve", "--no-worker", "--port", str(port)]
    )
    with ExitStack() as stack:
        stack.callback(server.terminate)
        _wait_for(f"{base}/health")
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for look, width, height, scheme in LOOKS:
            context = browser.new_context(
                base_url=base, viewport={"width": width, "height": height}, color_scheme=scheme
            )
            for name, path in sorted(pages.items()):
                context.clear_cookies()
                if name not in BEFORE:
                    key = client.cookies["sessionid"].value
                    context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
                page = context.new_page()
                page.goto(path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{name.partition(':')[2] or name}-{look}.png", full_page=True)
                page.close()
        browser.close()
    sys.stdout.write(f"{len(pages)} pages, {len(pages) * len(LOOKS)} pictures in {folder}/\n")


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            sleep(0.2)
    raise SystemExit(f"{address} does not answer.")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebill.config.settings")
    django.setup()
    main(Path(sys.argv[1]))
