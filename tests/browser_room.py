"""What every test with a real browser needs: the browser, a room, a page on it.

Needs Chromium or Chrome. Without one these tests are skipped; with CI=true that is a failure.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
if BROWSER is None and os.environ.get("CI") != "true":
    pytest.skip("no Chromium or Chrome on this machine", allow_module_level=True)

FLAGS = [
    "--no-sandbox",  # root in a container; tests only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ENGLISH = re.compile(
    r"\b(loading|kernel|error|saved|cells?|the|notebook|restarting|dialog|untitled|python|file|edit"
    r"|view|run|help|markdown|select|save|close|cancel|unknown)\b",
    re.IGNORECASE,
)
expect.set_options(timeout=30_000)  # a laptop may be busy


class Room:
    """A room that was started, and what is on its disk."""

    def __init__(self, folder, process, url):
        self.folder, self.process, self.url = folder, process, url

    def answers(self, name: str = "Deelnemer 1") -> dict:
        """Newest value per exercise, read from the file itself."""
        path = self.folder / "antwoorden" / f"{name}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return {r["exercise"]: r["value"] for r in map(json.loads, filter(None, lines))}

    def kernel(self) -> psutil.Process:
        """The kernel of the meeting that was opened last."""
        kernels = [
            child
            for child in psutil.Process(self.process.pid).children(recursive=True)
            if child.status() != psutil.STATUS_ZOMBIE
            and any("ipykernel_launcher" in part for part in child.cmdline())
        ]
        return max(kernels, key=lambda kernel: kernel.create_time())


@contextmanager
def opened(folder, *options):
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "leefbaar_tools",
            "start",
            "--no-browser",
            "--folder",
            folder,
            *options,
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LEEFBAAR_STRICT": "0"},
    )
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                yield Room(folder, process, found[0])
                return
        pytest.fail("the room did not open: " + "".join(said))
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def launched():
    """The browser itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def on(chromium, room):
    """A fresh browser on the room, with every request recorded and judged at the end."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.add_init_script(WRITE_NOTICES_DOWN)
    asked, thrown = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(room.url)
    ready(page)
    try:
        yield page
    finally:
        context.close()
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}, hosts
    assert thrown == [], thrown


# A page may be built again faster than anybody can look: what it said is written down.
WRITE_NOTICES_DOWN = """
    window.notices = [];
    new MutationObserver(() => {
        const notice = document.getElementById('leefbaar-notice');
        if (notice) notices.push(notice.textContent);
    }).observe(document, { childList: true, subtree: true, characterData: true });
"""


def came_back(page: Page) -> None:
    """Wait until the page said that its kernel was gone, and has another."""
    waits = (
        "() => notices.some((text) => text.includes('Even wachten, je antwoorden zijn bewaard'))"
    )
    page.wait_for_function(waits, timeout=60_000)
    page.evaluate("notices.length = 0")
    expect(page.locator("#leefbaar-notice")).to_have_count(0)


def ready(page: Page) -> None:
    expect(page.locator(".leefbaar-oefening").first).to_be_visible()
    expect(page.locator("#leefbaar-notice")).to_have_count(0)
    # The bar shows who is answering once the page has heard from the kernel.
    expect(page.locator(".leefbaar-who")).not_to_be_empty()


def exercise(page: Page, title: str):
    """The frame of one exercise, by its heading."""
    return page.locator(
        ".leefbaar-oefening", has=page.get_by_role("heading", name=title, exact=True)
    )


def saved(frame) -> None:
    expect(frame.locator(".leefbaar-status")).to_contain_text("✔ Bewaard")


def begin_as(page: Page, name: str) -> None:
    """Be somebody new, so that tests do not read each other's answers."""
    page.get_by_role("button", name="Andere naam…").click()
    page.get_by_label("een schuilnaam (niet je echte naam):").fill(name)
    page.get_by_role("button", name="Begin als iemand nieuw").click()
    expect(page.get_by_role("button", name=name, pressed=True)).to_be_visible()


def bar_is_whole(page: Page, width: int) -> None:
    """Nothing in the top bar is cut, small, outside it or under something else, at a width."""
    size = page.viewport_size
    page.set_viewport_size({"width": width, "height": 720})
    # The page is laid out again a moment after the bar has another height.
    page.wait_for_function(f"({PAGE_FOLLOWS_BAR})()")
    assert page.evaluate(f"({WRONG_IN_BAR})()") == []
    page.set_viewport_size(size)


PAGE_FOLLOWS_BAR = """() => {
    const bar = document.getElementById('leefbaar-bar').getBoundingClientRect();
    const page = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
    return page.top >= bar.bottom && page.top < bar.bottom + 2
        && Math.abs(page.bottom - innerHeight) < 2;
}"""
WRONG_IN_BAR = """() => {
    const bar = document.getElementById('leefbaar-bar');
    const around = bar.getBoundingClientRect();
    const wrong = [];
    for (const node of bar.querySelectorAll('button, select, span, strong, .leefbaar-who')) {
        const box = node.getBoundingClientRect();
        const say = (what) => wrong.push(`${what}: ${node.textContent}`);
        if (box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > around.bottom)
            say('outside the bar');
        if (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight)
            say('cut');
        if (!node.matches('button, select')) continue;
        if (box.width < 24 || box.height < 24) say('small');
        for (const x of [box.left + 3, box.right - 3]) for (const y of [box.top + 3, box.bottom - 3])
            if (document.elementFromPoint(x, y) !== node) say('under something else');
    }
    return wrong;
}"""


def tab_to(page: Page, target, most: int = 120) -> None:
    """Press Tab until the target has the focus, as a person without a mouse does."""
    for _ in range(most):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("Tab never came to the field")
