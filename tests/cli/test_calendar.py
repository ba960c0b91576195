"""`calendar import` and `calendar show`."""

import json
from datetime import date, timedelta
from pathlib import Path

from tests.cli.shell import Shell

OFF = [str(date(2027, 10, 1) + timedelta(n)) for n in range(10)]


def test_a_year_is_shown_imported_and_shown(shell: Shell, tmp_path: Path) -> None:
    assert "2026-10-10" in shell.json("calendar", "show", "--year", "2026")["on"]
    assert "Monday to Friday" in shell.refused("calendar", "show", "--year", "2027")

    table = tmp_path / "2027.csv"
    table.write_text("day,kind,name\n" + "".join(f"{day},off,国庆节\n" for day in OFF), "utf-8")
    words = ("--year", "2027", "--source", "国办发明电〔2026〕1号")
    told = shell.json("calendar", "import", str(table), *words)
    assert told == {"year": 2027, "off": 10, "on": 0, "recalculated": 0}
    shown = shell.json("calendar", "show", "--year", "2027")
    assert (shown["off"], shown["source"], shown["imported_by"]) == (OFF, words[3], "operator")

    other = tmp_path / "2027.json"
    other.write_text(json.dumps({"off": OFF, "on": ["2027-09-26"]}))
    shell.json("calendar", "import", str(other), *words)
    assert shell.json("calendar", "show", "--year", "2027")["on"] == ["2027-09-26"]


def test_a_file_that_is_no_year_is_refused_and_nothing_changes(office: Shell, tmp_path: Path) -> None:
    table = tmp_path / "2027.csv"
    table.write_text("day,kind\n2027-10-01,off\n")
    words = ("calendar", "import", str(table), "--source", "x", "--year")
    assert "/off" in office.refused(*words, "2027")
    assert "/year" in office.refused(*words, "1027")
    assert "not-found" in office.refused("calendar", "show", "--year", "2027")
