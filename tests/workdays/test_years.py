"""The years that ship, and what is taken for a year's notice."""

import json
from datetime import date, timedelta

import pytest

from registry.errors import Invalid
from registry.workdays import rules
from registry.workdays.files import read, shipped

OFF = [date(2027, 10, 1) + timedelta(n) for n in range(10)]
MAKE_UP = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


def test_the_years_2017_to_2026_ship():
    assert list(shipped()) == list(range(2017, 2027))


@pytest.mark.parametrize("year", MAKE_UP)
def test_the_make_up_days_are_those_of_the_notice(year):
    assert [f"{day:%m-%d}" for day in shipped()[year].on] == MAKE_UP[year]


@pytest.mark.parametrize("year", range(2017, 2027))
def test_a_year_has_as_many_days_off_in_exchange_as_it_has_holidays(year):
    """Whatever is moved, Monday to Friday off less weekends worked are the holidays of the law."""
    told = shipped()[year]
    weekdays = [day for day in told.off if day.weekday() < 5]
    extended = {2020: 2}  # the Spring Festival of 2020 was made longer

    assert len(weekdays) - len(told.on) == (13 if year >= 2025 else 11) + extended.get(year, 0)


def test_equal_calendars_have_equal_versions_and_others_do_not():
    one = rules.calendar(shipped())

    assert one.version == rules.calendar(dict(reversed(shipped().items()))).version
    assert one.version != rules.calendar({2026: shipped()[2026]}).version


def csv(*rows, head="day,kind,name"):
    return "\n".join((head, *rows)).encode()


TABLE = [f"{day},off,国庆节" for day in OFF]


def test_a_table_and_json_are_read_alike():
    as_json = json.dumps({"off": list(map(str, OFF)), "on": ["2027-09-26"]}).encode()
    table = csv(*TABLE, "2027-09-26,on,国庆节")

    assert read(table) == read(as_json) == (OFF, [date(2027, 9, 26)])
    assert read(b"\xef\xbb\xbf" + table) == read(table.decode().encode("gb18030")) == read(table)
    assert read(csv("on,2027-09-26", head="kind,day")) == ([], [date(2027, 9, 26)])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{}",
        b'{"off": [], "on": [], "more": []}',
        b'{"off": 1, "on": []}',
        b'{"off": [1], "on": []}',
        b'{"off": ["20270101"], "on": []}',
        b'{"off": ["2027-02-29"], "on": []}',
        b"[" * 100_000,
        b"\xff\xff",
        csv("2027-10-01,off", head="day,kind,name,more"),
        csv("2027-10-01,off", head="day,kind,kind"),
        csv("2027-10-01", head="day"),
        csv("2027-10-01,holiday,国庆节"),
        csv("2027-10-01,off,国庆节,more"),
        csv("2027-10-01"),
        csv("2027/10/1,off,国庆节"),
        csv("2027-13-01,off,国庆节"),
        csv('"2027-10-01,off'),
        csv("2027-10-\x001,off,"),
    ],
)
def test_what_is_no_year_is_refused(content):
    with pytest.raises(Invalid):
        read(content)


def test_a_wrong_row_is_named():
    with pytest.raises(Invalid) as caught:
        read(csv(*TABLE[:2], "1 October,off,国庆节"))

    assert "Row 4" in caught.value.sentence.en


def test_days_of_a_weekend_may_be_named_as_off():
    year = rules.checked(2027, OFF[::-1], [date(2027, 9, 26)], " 国办发明电〔2026〕1号 ")

    assert (year.off, year.on, year.source) == (tuple(OFF), (date(2027, 9, 26),), "国办发明电〔2026〕1号")
    assert any(day.weekday() > 4 for day in year.off)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"off": OFF[:9]}, ["/off"]),
        ({"off": [date(2027, 1, 1) + timedelta(n) for n in range(61)]}, ["/off"]),
        ({"on": [date(2027, 1, 2) + timedelta(7 * n) for n in range(31)]}, ["/on"]),
        ({"off": [*OFF, date(2026, 12, 31)]}, ["/off/10"]),
        ({"on": [date(2028, 1, 1)]}, ["/on/0"]),
        ({"off": [*OFF, OFF[0]]}, ["/off/0", "/off/10"]),
        ({"on": [OFF[1]]}, ["/off/1", "/on/0"]),
        ({"on": [date(2027, 9, 26), date(2027, 9, 27)]}, ["/on/1"]),
        ({"source": " "}, ["/source"]),
        ({"source": "x" * 201}, ["/source"]),
        ({"source": "a\nb"}, ["/source"]),
        ({"year": 1999}, ["/year"]),
        ({"year": 20270}, ["/year"]),
    ],
)
def test_a_year_that_cannot_be_one_is_refused_with_each_fault(changes, where):
    told = {"year": 2027, "off": OFF, "on": [], "source": "通知"} | changes

    with pytest.raises(Invalid) as caught:
        rules.checked(**told)

    assert [fault.pointer for fault in caught.value.errors] == where
