"""The dated law on the screen: every rule, in words, in both languages, on any day."""

import re
from datetime import date

from registry.access.rules import Role
from tests.console.browsing import user
from tests.support.world import World


def test_every_rule_of_every_day_can_be_read_in_both_languages(world: World) -> None:
    browser = user(world, "t", Role.TELLER)
    book = world.services.book
    for lang in ("zh-CN", "en"):
        browser.lang = lang
        shown: set[str] = set()
        for day in ("2017-01-01", "2019-04-01", "2023-01-01", "2026-11-22"):
            page = browser.get(f"/console/law?on={day}")
            assert page.status_code == 200
            rules = set(re.findall(r'class="law" href="/console/law/([^"?]+)', page.text))
            assert rules == {setting.rule for setting in book.on(date.fromisoformat(day)).settings()}
            shown |= rules
        assert len(shown) == len(book)
        for rule in shown:
            page = browser.get(f"/console/law/{rule}")
            assert page.status_code == 200, rule
            known = book.rule(rule)
            assert known is not None
            assert page.text.count('<section class="dated') == len(known.values), rule
            # Nothing is left of the form in which programs keep it.
            assert not re.search(
                r"&#39;[a-z_]+&#39;|mappingproxy|\bText\(|[a-z]+_[a-z]+_[a-z]+</li>", page.text
            ), rule


def test_a_rule_tells_its_instrument_its_article_and_what_it_was_before(world: World) -> None:
    browser = user(world, "t", Role.TELLER)
    page = browser.get("/console/law/procedure/appeal-acceptance").text
    assert "5个工作日" in page
    assert "电信网络诈骗及其关联违法犯罪联合惩戒办法第14-16条" in page
    assert "反电信网络诈骗法第31(2)条" in page
    assert page.count("暂定") == 2
    assert page.index("2024年12月1日起") < page.index("2022年12月1日起")


def test_the_law_of_an_earlier_day_is_that_of_the_day(world: World) -> None:
    browser = user(world, "t", Role.TELLER)
    page = browser.get("/console/law?on=2018-01-01").text
    assert "银发〔2016〕261号" in page
    assert "joint-2024" not in page
    assert "当日尚无规定" in browser.get("/console/law?on=2000-01-01").text


def test_what_is_no_day_comes_back_with_what_was_typed(world: World) -> None:
    answer = user(world, "t", Role.TELLER).get("/console/law?on=22.11.2026")
    assert answer.status_code == 422
    assert 'value="22.11.2026"' in answer.text
    assert "日期须如" in answer.text


def test_there_is_no_page_for_a_rule_that_is_none(world: World) -> None:
    assert user(world, "t", Role.TELLER).get("/console/law/joint-2024/nothing").status_code == 404
