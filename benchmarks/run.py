"""What the product costs, each figure beside its alternative in the same run: ``make bench``.

1. start command to a key typed in the first field standing in the journal, of each meeting,
   beside a bare JupyterLab with an empty notebook, to a key typed in its first cell;
2. redraw in the kernel, beside a stock ``Output`` with ``plt.show()``;
3. control to picture in the browser, beside the same stock widget: the first that follows a
   choice of buurt, and all of them;
4. personal PDF of each meeting once its notebook has run, and the PDF of a wijkplan,
   beside Chromium's print of the same HTML;
5. counting the journals of 300 people, beside parsing the same lines and nothing more.

Prints medians and ratios. Run it on a quiet machine; nothing here is a test.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbclient
import nbformat
from group import AIM as GROUP_AIM
from group import count_a_group
from playwright.sync_api import sync_playwright
from traitlets.config import Config

from leefbaar_tools.resources import meetings

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PORT = 18931
TOKEN = "bench"

# The same picture as ours, the way a notebook author would make it: a new figure each time.
STOCK = """
import ipywidgets as w
import matplotlib.pyplot as plt
from IPython.display import clear_output, display
from leefbaar_tools import analysis
from leefbaar_tools.areas import sample_city
area = sample_city()
codes = list(area.regions.index[area.regions["level"] == "buurt"][:20])
out = w.Output()
pick = w.Dropdown(options=codes, description="Buurt")
def draw(change=None):
    place = analysis.place(area, pick.value, "sociale_samenhang")
    with out:
        clear_output(wait=True)
        fig, ax = plt.subplots(figsize=(7, 3.9))
        ax.axvspan(place.low, place.high, color="lightgrey")
        ax.plot(place.alike, [0] * len(place.alike), "o", mfc="white", mec="black")
        ax.axvline(place.value, color="tab:blue", lw=2)
        ax.set_title(area.name(pick.value))
        ax.set_xlabel("score, 2024")
        ax.set_yticks([])
        plt.show()
pick.observe(draw, "value")
draw()
"""
OURS = """
import leefbaar_tools as lt
from leefbaar_tools.areas import sample_city
from leefbaar_tools.exercises.session import session
area = sample_city()
codes = list(area.regions.index[area.regions["level"] == "buurt"][:20])
chosen = lt.choose_area("m1-buurt", title="Buurt", question="Welke buurt?").screen
shown = lt.picture("m1-beeld", show="place", indicator="sociale_samenhang")
pick = chosen.controls["code"]._list
"""
TIMED = """
import json, time
times = []
for code in codes[1:]:
    start = time.perf_counter()
    pick.value = code
    times.append(time.perf_counter() - start)
print(json.dumps(times))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5, help="starts and prints per figure")
    parser.add_argument("--only", choices=("group", "kernel", "pdf", "picture", "plan", "start"))
    options = parser.parse_args()
    rows = []
    if options.only in (None, "kernel"):
        rows.append(redraw_in_kernel())
    if options.only in (None, "pdf"):
        rows += [personal_pdf(path, options.repeat) for path in meetings()]
    if options.only in (None, "plan"):
        rows.append(plan_pdf(options.repeat))
    if options.only in (None, "group"):
        rows.append(report("count 300 journals", *count_a_group(options.repeat), GROUP_AIM))
    with sync_playwright() as playwright:
        if options.only in (None, "picture"):
            rows += control_to_picture(playwright)
        if options.only in (None, "start"):
            rows += start_to_key(playwright, options.repeat)
    print(f"\n{'what':42} {'ours':>9} {'other':>9} {'ratio':>6}  aim")
    for what, ours, other, aim in rows:
        print(f"{what:42} {ours:7.3f} s {other:7.3f} s {ours / other:6.2f}  ≤ {aim}")


def report(what: str, ours: list[float], other: list[float], aim: float):
    for label, times in (("ours", ours), ("other", other)):
        shown = " ".join(f"{t:.3f}" for t in times)
        print(f"{what}, {label}: {shown}", flush=True)
    return what, statistics.median(ours), statistics.median(other), aim


# --- in the kernel


def redraw_in_kernel():
    return report("redraw in the kernel", in_kernel(OURS), in_kernel(STOCK), 0.4)


def in_kernel(source: str) -> list[float]:
    cells = [nbformat.v4.new_code_cell(text) for text in (source, TIMED)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    quiet = Config({"KernelManager": {"transport_encryption": "auto"}})
    nbclient.NotebookClient(notebook, timeout=120, config=quiet).execute()
    printed = [o.text for o in notebook.cells[1].outputs if o.output_type == "stream"]
    return json.loads(next(text for text in printed if text.startswith("[")))


# --- paper


def personal_pdf(notebook: Path, repeat: int):
    from leefbaar_tools.handouts import make_document, reader_for, run

    ran = run(nbformat.read(notebook, as_version=4), notebook.stem)
    ours, other = printed(
        lambda journal: make_document(ran, reader_for("deelnemer", journal, None)), repeat
    )
    return report(f"personal PDF, meeting {notebook.name[0]}", ours, other, 0.1)


def plan_pdf(repeat: int):
    from leefbaar_tools.wijkplan import PLAN, plan_document

    ours, other = printed(lambda journal: plan_document(PLAN, journal)[0], repeat)
    return report("PDF of a wijkplan", ours, other, 0.1)


def printed(make, repeat: int) -> tuple[list[float], list[float]]:
    """Time what makes a document and its PDF, and Chromium's print of the same."""
    from leefbaar_tools.answers import WorkFolder
    from leefbaar_tools.paper import to_html, to_pdf

    ours, other = [], []
    with tempfile.TemporaryDirectory() as folder:
        journal = WorkFolder(folder).journal()
        for number in range(repeat + 1):
            # Another answer each time: nothing of the sheet is made before.
            words = f"Het bankje nummer {number}"
            journal.append("m1-plek", "write", {}, {"plek": words}, plan="plek")
            start = time.perf_counter()
            document = make(journal.path)
            to_pdf(document)
            ours.append(time.perf_counter() - start)
            page = Path(folder) / "blad.html"
            page.write_text(to_html(document), encoding="utf-8")
            start = time.perf_counter()
            subprocess.run(
                [BROWSER, "--headless", *FLAGS, f"--user-data-dir={folder}/chromium"]
                + [f"--print-to-pdf={folder}/blad.pdf", page.as_uri()],
                check=True,
                capture_output=True,
                timeout=60,
            )
            other.append(time.perf_counter() - start)
    return ours[1:], other[1:]  # the first one warms up


# --- in the browser


@contextlib.contextmanager
def ours_open(folder: str, meeting: str = "1"):
    """Start the room; yields its address."""
    command = [sys.executable, "-m", "leefbaar_tools", "start", meeting, "--no-browser"]
    command += ["--folder", folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)))[0]
    finally:
        ended(process)


@contextlib.contextmanager
def bare_open(folder: str, notebook: dict):
    """Start a stock JupyterLab on one notebook; yields its address."""
    (Path(folder) / "leeg.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    environment = {**os.environ, "HOME": folder, "JUPYTER_TOKEN": TOKEN}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={PORT}"]
        + [f"--ServerApp.root_dir={folder}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(
                    f"http://127.0.0.1:{PORT}/api/status?token={TOKEN}", timeout=1
                )
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{PORT}/lab/tree/leeg.ipynb?token={TOKEN}"
    finally:
        ended(process)


def ended(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_to_key(playwright, repeat: int):
    numbers = [path.name[0] for path in meetings()]
    ours, other = {number: [] for number in numbers}, []
    for _ in range(repeat):
        other.append(bare_start(playwright))
        for number in numbers:
            ours[number].append(our_start(playwright, number))
    return [report(f"start to a key kept, meeting {n}", ours[n], other, 1.5) for n in numbers]


def our_start(playwright, meeting: str) -> float:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page()
        start = time.perf_counter()
        with ours_open(folder, meeting) as url:
            page.goto(url)
            field = page.locator(".leefbaar-oefening textarea").first
            field.wait_for(timeout=60_000)
            page.wait_for_selector("#leefbaar-notice", state="detached", timeout=60_000)
            field.focus()
            page.keyboard.type("x")
            journal = Path(folder) / "antwoorden" / "Deelnemer 1.jsonl"
            deadline = time.monotonic() + 30
            while not (journal.exists() and journal.stat().st_size) and time.monotonic() < deadline:
                time.sleep(0.005)
            taken = time.perf_counter() - start
        browser.close()
    return taken


def bare_start(playwright) -> float:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page()
        start = time.perf_counter()
        with bare_open(folder, one_cell("")) as url:
            page.goto(url)
            cell = page.locator(".jp-CodeCell .cm-content").first
            cell.click(timeout=60_000)
            page.keyboard.type("x")
            page.wait_for_function("document.querySelector('.cm-content').innerText.includes('x')")
            taken = time.perf_counter() - start
        browser.close()
    return taken


def one_cell(source: str) -> dict:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source)], metadata={"kernelspec": kernel}
    )
    return json.loads(nbformat.writes(notebook))


# Chooses the next option and waits until the picture has changed and was painted.
STEP = """
async ([box, picture, place]) => {
  const select = document.querySelector(box);
  const last = () => [...document.querySelectorAll(picture)].at(place);
  const shown = () => last()?.outerHTML;
  const before = shown();
  const start = performance.now();
  select.selectedIndex = (select.selectedIndex + 1) % 20 || 1;
  select.dispatchEvent(new Event('change', { bubbles: true }));
  while (!shown() || shown() === before) {
    if (performance.now() - start > 10000) throw new Error('the picture did not change');
    await new Promise((done) => setTimeout(done, 1));
  }
  await last().decode?.();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - start) / 1000;
}
"""


# Chooses once, and tells which pictures on the page followed: the first is the one that is looked
# at; when the last has changed, all that follows the choice is drawn.
FOLLOWS = """
async ([box, picture]) => {
  const select = document.querySelector(box);
  const shown = () => [...document.querySelectorAll(picture)].map((node) => node.outerHTML);
  const before = shown();
  select.selectedIndex = 5;
  select.dispatchEvent(new Event('change', { bubbles: true }));
  await new Promise((done) => setTimeout(done, 4000));
  const after = shown();
  const changed = after.keys().filter((n) => after[n] !== before[n]);
  return [...changed];
}
"""


def control_to_picture(playwright):
    browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = browser.new_page()
        with ours_open(folder) as url:
            page.goto(url)
            page.wait_for_selector("#leefbaar-notice", state="detached", timeout=60_000)
            ours, all_ours = steps(page, ".leefbaar-oefening select", "svg[role=img]")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = browser.new_page()
        with bare_open(folder, one_cell(STOCK + "display(w.VBox([pick, out]))")) as url:
            page.goto(url)
            page.locator(".jp-CodeCell .cm-content").first.click(timeout=60_000)
            page.keyboard.press("Shift+Enter")
            page.wait_for_selector(".jp-OutputArea img", timeout=60_000)
            other, _ = steps(page, ".widget-dropdown select", ".jupyter-widgets .jp-OutputArea img")
    browser.close()
    return [
        report("control to picture in the browser", ours, other, 0.65),
        report("control to all pictures that follow", all_ours, other, 2),
    ]


def steps(page, box: str, picture: str, number: int = 12) -> tuple[list[float], list[float]]:
    """Time how long it takes until the first, and the last, picture follows a choice."""
    followers = page.evaluate(FOLLOWS, [box, picture])  # this one warms up as well
    taken = []
    for place in (followers[0], followers[-1]):
        taken.append([])
        for _ in range(number):
            page.wait_for_timeout(700)  # what was saved meanwhile is not counted
            taken[-1].append(page.evaluate(STEP, [box, picture, place]))
    print(f"{len(followers)} pictures follow", flush=True)
    return taken[0], taken[1]


if __name__ == "__main__":
    main()
