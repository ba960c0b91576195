"""Whatever is typed into a field comes back as text: every field of every form that a page shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask

from tests.console.test_pages import shown
from tests.support.world import World

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "</title></textarea></style></select><script>alert(1)</script>",
    "javascript:alert(1)//<b>",
    "{{ 7 * 7 }}<i>${7*7}</i>",
    "<b hx-get=/console/session hx-trigger=load>",
]


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


@dataclass
class Form:
    """A form as a browser sees it."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """All forms of a page that are sent with POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.found.append(Form(given.get("action") or ""))
        elif not self.found:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select not in self.found[-1].values and given.get("value"):
            self.found[-1].values[self._select] = given["value"] or ""
        elif tag in ("input", "textarea"):
            self.found[-1].values.setdefault(name, given.get("value") or "")
            if given.get("type", "text") in ("text", "password", "hidden") and name != "csrf":
                self.found[-1].texts.append(name)


def sendings(app: Flask, world: World) -> Iterator[tuple[str, str, str, int]]:
    """Each form of each page with each payload in all its fields, and in one field alone."""
    for browser, path in shown(app, world):
        for form in Forms(browser.get(path).text).found:
            if form.action.endswith("sign-out"):
                continue
            for payload in PAYLOADS:
                for fields in [form.texts, *([name] for name in form.texts)]:
                    browser.get(path)
                    typed = {name: value for name, value in form.values.items() if name != "csrf"}
                    answer = browser.post(form.action, typed | dict.fromkeys(fields, payload))
                    yield f"{form.action} {fields}", payload, answer.text, answer.status_code
                    again = browser.get(path)
                    yield f"{path} after {fields}", payload, again.text, again.status_code


def test_no_field_of_any_form_comes_back_as_markup(app: Flask, world: World) -> None:
    seen, echoed = 0, 0
    for where, payload, text, status in sendings(app, world):
        assert payload not in text, where
        for piece in ("<script>alert", "<img src=x", "<svg/onload", 'onfocus=alert(1) x="', "<b hx-get"):
            assert piece not in text, where
        assert status < 500, where
        seen += 1
        echoed += "alert(1)" in text
    assert seen > 100 and echoed > 20  # what was typed does come back, as text
