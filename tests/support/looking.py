"""What is looked for on a page in a real browser."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "axe" / "axe.min.js"
LANGUAGES = ["zh-CN", "en"]
SIZES = {"wide": (1366, 768), "phone": (390, 844)}


class Watch:
    """What a page asked for, and what it complained about."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


def violations(page: Page) -> list[str]:
    """What axe finds; the page must have been opened past its content policy."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
