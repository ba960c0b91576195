"""What every answer of the API has in common, and how tests look at it."""

import io
import re
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.api.catalogue import PROBLEMS
from registry.audit.models import LogRecord
from registry.audit.tags import Tag
from registry.db import reading
from tests.support.world import World

_CJK = re.compile(r"[\u3400-\u9fff]")


def is_chinese(text: str) -> bool:
    return bool(_CJK.search(text))


def problem(response: TestResponse, status: int, slug: str | None = None) -> dict[str, Any]:
    """The body of a problem, after a look at all that the contract promises of problems."""
    assert response.status_code == status, (response.status_code, response.get_data()[:400])
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert {"type", "title", "status", "detail", "instance"} <= body.keys()
    assert body["status"] == status
    assert body["instance"] == response.headers["X-Request-Id"]
    assert body["instance"].startswith("req_")
    if "code" in body:  # a fault of a field or a file: one page for all of them, the very slug beside it
        assert body["type"] == "/problems/invalid-input"
        assert body["code"] not in PROBLEMS
    if slug:
        assert body.get("code", body["type"].removeprefix("/problems/")) == slug
    for fault in body.get("errors", []):
        assert fault.keys() == {"pointer", "detail"}
        assert fault["pointer"] == "" or fault["pointer"].startswith("/")
    verdicts = {"direction", "result", "parties", "sanctions", "receipt"}
    assert not verdicts & body.keys(), "never a verdict in an error"
    return dict(body)


def sentences(body: dict[str, Any]) -> list[str]:
    """Everything in a problem that people read."""
    return [body["title"], body["detail"], *(fault["detail"] for fault in body.get("errors", []))]


def pointers(body: dict[str, Any]) -> list[str]:
    return [fault["pointer"] for fault in body.get("errors", [])]


def explained(app: Flask, body: dict[str, Any]) -> bool:
    """Whether `type` leads to a page."""
    return app.test_client().get(body["type"]).status_code == 200


def logged(tag: Tag) -> int:
    """How often the log tells of this act."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(LogRecord).where(LogRecord.tag == tag)) or 0


def csv_list(world: World, decision_no: str = "另〔2025〕1号") -> io.BytesIO:
    """A list of one lawful row."""
    person = world.people.person()
    return io.BytesIO(
        "姓名,证件号码,认定事由,行为,卡种,数量,文书号,认定日期\n"
        f"{person.name},{person.resident_id},涉两卡行为,出租,银行卡,3,{decision_no},2025-03-03\n".encode()
    )
