"""Make the screenshots of the README from the running product: ``make screenshots``."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))


INTERVISIE = "Intervisie: incidentmethode kort, in twee groepen"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        start = [
            sys.executable,
            "-m",
            "leefbaar_tools",
            "start",
            "--no-browser",
            "--folder",
            folder,
        ]
        room = subprocess.Popen(start, stdout=subprocess.PIPE, text=True)
        try:
            url = next(filter(None, (re.search(r"http://\S+", line) for line in room.stdout)))[0]
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(url)
            expect(page.locator("#leefbaar-notice")).to_have_count(0, timeout=60_000)
            work(page)
        finally:
            room.terminate()
            room.wait()
        paper(Path(folder))


def work(page: Page) -> None:
    """Do some exercises and take a picture of each."""
    pride = page.get_by_label("Waar ben je trots op in jouw buurt?")
    pride.fill("Het bankje bij de school. Daar zit altijd wel iemand.")
    expect(page.locator(".leefbaar-status").first).to_contain_text("Bewaard")
    page.screenshot(path=HERE / "opdracht.png")
    first = page.get_by_role("radiogroup", name=re.compile("^1. Achter hoeveel"))
    first.get_by_label("3").check()
    page.get_by_role("button", name="Klaar met schatten").click()
    frame = page.locator(
        ".leefbaar-oefening", has=page.get_by_role("heading", name="Zes keer schatten")
    )
    expect(frame.locator("figure").first).to_be_visible()
    frame.evaluate("node => node.scrollIntoView()")
    page.screenshot(path=HERE / "schatten.png")
    page.get_by_label("Ga naar een stap").select_option(label="1:06 " + INTERVISIE)
    page.screenshot(path=HERE / "klok.png")
    page.get_by_role("heading", name="De kaart: waar ligt het?").scroll_into_view_if_needed()
    frame = page.locator(".leefbaar-oefening", has=page.get_by_role("heading", name="Op de kaart"))
    frame.get_by_label("65-plussers").check()
    frame.evaluate("node => node.scrollIntoView()")
    page.screenshot(path=HERE / "kaart.png")


def paper(folder: Path) -> None:
    """Print the personal sheet and the facilitator's, and take a picture of a page of each."""
    journal = folder / "antwoorden" / "Deelnemer 1.jsonl"
    make = [sys.executable, "-m", "leefbaar_tools", "handouts", "1", "--answers", journal]
    subprocess.run([*make, "--output", folder / "out"], check=True, stdout=subprocess.DEVNULL)
    sheet = next((folder / "out").glob("*.pdf"))
    picture(sheet, HERE / "blad")
    make = [sys.executable, "-m", "leefbaar_tools", "handouts", "1", "--audience", "begeleider"]
    subprocess.run([*make, "--output", folder / "led"], check=True, stdout=subprocess.DEVNULL)
    picture(next((folder / "led").glob("*.pdf")), HERE / "begeleider", page=2)


def picture(pdf: Path, target: Path, page: int = 1) -> None:
    """Take a picture of one page of a PDF."""
    only = ["-r", "60", "-png", "-singlefile", "-f", str(page)]
    subprocess.run(["pdftoppm", *only, pdf, target], check=True)


if __name__ == "__main__":
    main()
