"""The law data: one faulty file per error (`faulty/`), overlays, and what time does to it.

A faulty file begins with the rule whose place it takes, the rule that must be blamed, and what must be said.
"""

from datetime import date

import pytest

from registry.law.book import Book, RuleNotInForce
from registry.law.loader import SHIPPED, LawFault, load
from registry.law.words import Purpose, Sector
from registry.law.workdays import Period, Unit
from tests.law import reading

FAULTY = sorted((reading.HERE / "faulty").glob("*.yaml"))


def write(folder, rule, content):
    """Put one rule into an overlay."""
    path = folder / f"{rule}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_file_is_refused_by_name_and_fault(path, tmp_path):
    head = dict(line.removeprefix("# ").split(" ", 1) for line in path.read_text("utf-8").splitlines()[:3])
    write(tmp_path, head["puts"], path.read_bytes())

    with pytest.raises(LawFault) as caught:
        Book.load(tmp_path)

    assert str(caught.value).startswith(f"{head['blames']}: ")
    assert head["says"] in str(caught.value)
    assert caught.value.slug == "law-faulty"
    assert str(caught.value) in caught.value.sentence.en


def test_bytes_that_are_not_utf_8_are_refused(tmp_path):
    write(tmp_path, "joint-2024/term", "description: 期限".encode("gb18030"))

    with pytest.raises(LawFault, match=r"^joint-2024/term: .*utf-8"):
        load(tmp_path)


def test_an_overlay_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(LawFault, match="this folder does not exist; set REGISTRY_LAW_DIR"):
        Book.load(tmp_path / "missing")


def test_an_overlay_that_is_a_file_is_refused(tmp_path):
    write(tmp_path, "law", "unit: years")

    with pytest.raises(LawFault, match="this folder does not exist"):
        Book.load(tmp_path / "law.yaml")


def test_an_empty_overlay_changes_nothing(tmp_path):
    assert load(tmp_path) == load()


def test_an_overlay_replaces_a_rule_as_a_whole(tmp_path):
    text = (SHIPPED / "joint-2024/term.yaml").read_text("utf-8")
    write(tmp_path, "joint-2024/term", text.replace("class_2: 2", "class_2: 1"))
    facts = reading.read("terms")["usual"] | {"decided_on": date(2024, 12, 10)}

    (sanction,) = reading.planned(facts, Book.load(tmp_path))

    assert sanction.ends_on == date(2025, 12, 10)
    assert len(Book.load(tmp_path)) == len(reading.book())


def test_an_overlay_changes_how_long_somebody_has(tmp_path):
    text = (SHIPPED / "procedure/appeal-decision.yaml").read_text("utf-8")
    write(tmp_path, "procedure/appeal-decision", text.replace("count: 20", "count: 30"))
    period = Book.load(tmp_path).on(date(2026, 11, 22)).period("appeal-decision")

    assert period.value == Period(30, Unit.WORKING_DAYS)
    assert reading.book().on(date(2026, 11, 22)).period("appeal-decision").value.count == 20


def test_an_overlay_may_add_a_regime():
    regimes = reading.book("example-area").on(date(2023, 1, 1)).regimes

    assert "phone-44" in regimes
    assert "phone-44" not in reading.book().on(date(2023, 1, 1)).regimes


def test_a_file_whose_name_would_be_passed_over_is_refused(tmp_path):
    (tmp_path / "joint-2024").mkdir()
    text = (SHIPPED / "joint-2024/term.yaml").read_text("utf-8")
    (tmp_path / "joint-2024/term.yml").write_text(text.replace("class_2: 2", "class_2: 1"), "utf-8")

    with pytest.raises(LawFault):
        Book.load(tmp_path)


@pytest.mark.parametrize(
    ("rule", "last_day_without"),
    [
        ("pboc-2016-261/term", date(2016, 12, 31)),
        ("pboc-2019-85/term", date(2019, 3, 31)),
        ("joint-2024/term", date(2024, 11, 30)),
        ("no-such/rule", date(2100, 1, 1)),
    ],
)
def test_a_rule_is_not_in_force_before_its_first_value(rule, last_day_without):
    with pytest.raises(RuleNotInForce) as caught:
        reading.book().on(last_day_without).get(rule)

    assert caught.value.facts == {"rule": rule, "day": last_day_without.isoformat()}
    assert reading.book().on(last_day_without).find(rule) is None


@pytest.mark.parametrize("rule", ["pboc-2016-261/term", "pboc-2019-85/term", "joint-2024/term"])
def test_a_rule_is_in_force_from_its_first_value_on(rule):
    first = load()[rule].values[0].since

    assert reading.book().on(first).get(rule).since == first


@pytest.mark.parametrize("day", [date(2016, 12, 31), date(2027, 11, 23), date(2100, 1, 1), date.max])
def test_nothing_raises_as_time_passes(day):
    view = reading.book().on(day)

    assert len(view.regimes) == (3 if day.year > 2016 else 0)
    assert all(setting.since <= day for setting in view.settings())
    if day.year > 2016:
        assert view.permits(Purpose.OPEN_BANK_ACCOUNT, Sector.BANK)
        assert view.name_mismatch.value == "review"
        assert all(regime.years("class_1" if regime.classes else None) for regime in view.regimes.values())


def test_a_rule_is_unchecked_after_twelve_months(tmp_path):
    text = (SHIPPED / "joint-2024/term.yaml").read_text("utf-8")
    write(tmp_path, "joint-2024/term", text.replace("checked_on: 2026-11-22", "checked_on: 2024-02-29"))
    law = Book.load(tmp_path)

    assert law.unchecked(date(2025, 2, 28)) == []
    assert law.unchecked(date(2025, 3, 1)) == ["joint-2024/term"]
    assert len(law.unchecked(date(2100, 1, 1))) == len(law)


def test_a_view_cannot_be_changed():
    view = reading.book().on(date(2026, 11, 22))

    with pytest.raises(AttributeError):
        view.day = date(2020, 1, 1)
    with pytest.raises(TypeError):
        view.get("joint-2024/term").value["class_2"] = 1


def test_no_province_is_shipped():
    assert [rule for rule in load() if rule.startswith("phone-")] == []


@pytest.mark.parametrize(
    ("rule", "day", "mark"),
    [
        ("pboc-2016-261/term", date(2017, 1, 1), "A"),
        ("pboc-2019-85/term", date(2019, 4, 1), "A"),
        ("joint-2024/term", date(2024, 12, 1), "A"),
        ("joint-2024/chain-cap", date(2024, 12, 1), "A"),
        ("joint-2024/thresholds", date(2024, 12, 1), "A"),
        ("joint-2024/conduct-from", date(2024, 12, 1), "C"),
        ("joint-2024/measures/telecom_transfer_ban", date(2024, 12, 1), "C"),
        ("joint-2024/measures/internet_account_limit", date(2024, 12, 1), "C"),
        ("measures/phone_new_ban", date(2024, 12, 1), "B"),
        ("pboc-2016-261/exceptions/ecny-wallet", date(2017, 1, 1), "U"),
        ("pboc-2019-85/exceptions/ecny-wallet", date(2019, 4, 1), "U"),
        ("pboc-2019-85/exceptions/ended-bank-account", date(2019, 4, 1), "A"),
        ("pboc-2016-261/term-start", date(2017, 1, 1), "U"),
        ("pboc-2019-85/term-start", date(2019, 4, 1), "U"),
        ("joint-2024/term-start", date(2024, 12, 1), "U"),
        ("procedure/appeal-acceptance", date(2024, 12, 1), "U"),
        ("procedure/appeal-decision", date(2024, 12, 1), "U"),
        ("procedure/suspension-review", date(2024, 12, 1), "U"),
        ("procedure/reconsideration-filing", date(2024, 12, 1), "A"),
        ("procedure/reconsideration-intake", date(2024, 12, 1), "A"),
        ("procedure/reconsideration-decision", date(2024, 12, 1), "A"),
        ("procedure/list-withdrawal", date(2024, 12, 1), "A"),
        ("procedure/credit-objection", date(2024, 12, 1), "B"),
    ],
)
def test_a_value_carries_the_mark_of_its_source(rule, day, mark):
    source = reading.book().on(day).get(rule).source

    assert source.mark == mark
    assert source.provisional or mark != "U"
