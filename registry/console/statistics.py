"""`/console/statistics`: numbers of what the officer may see, each as a picture, a table and a file."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import flask
from flask import Response, request, url_for

from registry import clock
from registry.access.rules import Permission
from registry.api.body import load
from registry.api.exposure_schemas import CountsQuery
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.appeals.counts import times
from registry.console import charts, designation_words
from registry.console.answering import business
from registry.console.charts import Chart
from registry.console.pages import page, said
from registry.console.routing import route
from registry.console.telling import day
from registry.designations import counts as designations
from registry.errors import Invalid
from registry.exposures import counts as exposures
from registry.law.words import Direction, Role
from registry.screening import counts as checks
from registry.screening.wording import DIRECTIONS
from registry.text import Text

_LISTS = 200
"""How many of the newest lists are known by their batch; older ones by their id."""


@dataclass(frozen=True, slots=True)
class Period:
    """Beijing days, both included."""

    first: date
    last: date


TOPICS: Mapping[str, Text] = MappingProxyType(
    {
        "exposed": Text("曝光人次", "Exposed"),
        "in_force": Text("执行中的惩戒", "In force"),
        "checks": Text("核查次数", "Checks"),
        "appeals": Text("申诉用时", "Appeals"),
        "releases": Text("解除", "Releases"),
    }
)


@route("GET", "/statistics", Permission.STATISTICS_READ)
def show_statistics() -> Response:
    """The charts of one topic."""
    period, faults = _period()
    asked = request.args.get("topic", "")
    topic = asked if asked in TOPICS else next(iter(TOPICS))
    names = [name for name in CHARTS if name.split("-")[0] == topic]
    return page(
        "statistics.html",
        422 if faults else 200,
        topic=topic,
        topics={
            name: (text, url_for("console.show_statistics", topic=name, **_asked(period)))
            for name, text in said(TOPICS).items()
        },
        charts=[] if faults else [_shown(name, period) for name in names],
        dated=topic != "in_force",
        today=day(clock.today()),
        authority=officer().authority.name,
        values={
            "from": request.args.get("from", str(period.first)),
            "to": request.args.get("to", str(period.last)),
        },
        faults=said(faults),
    )


@route("GET", "/statistics/<name>.csv", Permission.STATISTICS_READ)
def export_statistics(name: str) -> Response:
    """The table of one chart, for a spreadsheet."""
    period, faults = _period()
    if name not in CHARTS or faults:
        flask.abort(404)
    chart, reader = CHARTS[name](period), language()
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([column.into(reader) for column in chart.columns])
    writer.writerows([row.label.into(reader), *row.numbers] for row in chart.rows)
    # A spreadsheet takes a file for UTF-8 only if it begins so.
    response = Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


# -- inside ----------------------------------------------------------------------------------------


def _period() -> tuple[Period, dict[str, Text]]:
    """The days asked for, else this year's until today; what is wrong with them."""
    today = clock.today()
    usual = Period(today.replace(month=1, day=1), today)
    sent = {name: request.args[name] for name in ("from", "to") if request.args.get(name)}
    try:
        query = load(CountsQuery(), _asked(usual) | sent)
    except Invalid as refused:
        return usual, {error.pointer.strip("/"): error.text for error in refused.errors}
    first, last = query["from"], query["to"]
    if last < first:
        return usual, {"to": Text("止日早于起日。", "The last day is before the first.")}
    if (last - first).days > _LONGEST:
        return usual, {"to": Text("一次最多统计三年。", "At most three years at a time.")}
    return Period(first, last), {}


_LONGEST = 3 * 366


def _asked(period: Period) -> dict[str, Any]:
    return {"from": str(period.first), "to": str(period.last)}


def _shown(name: str, period: Period) -> dict[str, Any]:
    file = url_for("console.export_statistics", name=name, **_asked(period))
    return charts.drawn(CHARTS[name](period), language()) | {"name": name, "file": file}


def _exposed(by: exposures.By) -> Callable[[Period], Chart]:
    def chart(period: Period) -> Chart:
        counted = exposures.count(officer(), by, period.first, period.last)
        names = _names(by)
        return Chart(
            title=_TITLES[by],
            columns=(_BY[by], Text("人次", "Person-times"), Text("人数", "Persons")),
            rows=charts.rows(names, [(each.key, each.person_times, each.persons) for each in counted.groups]),
            total=counted.person_times,
            by_month=by is exposures.By.MONTH,
        )

    return chart


def _in_force(by: designations.By) -> Callable[[Period], Chart]:
    def chart(_: Period) -> Chart:
        counted = designations.in_force(officer(), by)
        found = [(each.key, each.designations, each.persons) for each in counted]
        return Chart(
            title=_TITLES["decided" if by is designations.By.MONTH else by],
            columns=(_BY[by], Text("认定件数", "Designations"), Text("人数", "Persons")),
            rows=charts.rows(_names(by), found),
            # Under two regimes one counts twice.
            total=None if by is designations.By.REGIME else sum(each.designations for each in counted),
            by_month=by is designations.By.MONTH,
        )

    return chart


def _checked(by: checks.By) -> Callable[[Period], Chart]:
    directions = () if by is checks.By.DIRECTION else tuple(Direction)

    def chart(period: Period) -> Chart:
        counted = checks.count(officer(), by, period.first, period.last)
        found = [
            (each.key, each.checks, *(each.directions.get(direction, 0) for direction in directions))
            for each in counted
        ]
        return Chart(
            title=_TITLES[by],
            columns=(_BY[by], Text("核查次数", "Checks"), *map(DIRECTIONS.__getitem__, directions)),
            rows=charts.rows(_names(by), found),
            total=sum(each.checks for each in counted),
            by_month=by is checks.By.MONTH,
        )

    return chart


def _appeals(period: Period) -> Chart:
    found = times(services().workdays, officer(), period.first, period.last)
    decided, late = sum(each.decided for each in found), sum(each.late for each in found)
    return Chart(
        title=Text("自收到至决定的天数（中位数）", "Median days from receipt to decision"),
        columns=(
            Text("决定月份", "Month"),
            Text("天数中位数", "Median days"),
            Text("最长天数", "Longest"),
            Text("决定件数", "Decided"),
            Text("超期件数", "Late"),
        ),
        rows=charts.rows(
            {}, [(e.month, _plain(e.median_days), e.longest_days, e.decided, e.late) for e in found]
        ),
        total=None,
        by_month=True,
        message=Text("决定 {n} 件，其中超期 {late} 件", "{n} decided, {late} of them late").format(
            n=decided, late=late
        ),
    )


def _released(what: str, title: Text) -> Callable[[Period], Chart]:
    def chart(period: Period) -> Chart:
        found = designations.releases(officer(), period.first, period.last)
        return Chart(
            title=title,
            columns=(_BY["month"], Text("认定件数", "Designations")),
            rows=charts.rows({}, [(each.month, getattr(each, what)) for each in found]),
            total=sum(getattr(each, what) for each in found),
            by_month=True,
        )

    return chart


def _names(by: str) -> dict[str, Text]:
    """What the keys of groups are called."""
    if by == "role":
        return {role.value: designation_words.PARTS[role] for role in Role}
    if by == "area":
        areas: dict[str, str] = {}
        for name, authority in services().access.authorities().items():
            areas.setdefault(authority.area, name)
        return {area: Text(f"{area} {name}", f"{area} {name}") for area, name in areas.items()}
    if by == "regime":
        regimes = services().book.on(clock.today()).regimes
        return {name: regime.name.value for name, regime in regimes.items()}
    if by == "purpose":
        rules = services().book.on(clock.today()).purposes.value.items()
        return {purpose.value: Text(rule.name.zh, business(rule.name, "en")) for purpose, rule in rules}
    if by == "direction":
        return {direction.value: word for direction, word in DIRECTIONS.items()}
    if by == "batch":
        lists = services().exposure_queries.page(officer(), None, _LISTS, None).items
        return {each["id"]: Text(each["batch"], each["batch"]) for each in lists}
    return {}


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() else number


_BY: Mapping[str, Text] = {
    "batch": Text("批次", "Batch"),
    "area": Text("地区", "Area"),
    "role": Text("角色", "Role"),
    "month": Text("月份", "Month"),
    "regime": Text("制度", "Regime"),
    "partner": Text("机构", "Partner"),
    "purpose": Text("业务", "Business"),
    "direction": Text("结论", "Answer"),
}
_TITLES: Mapping[str, Text] = {
    by: Text(f"按{word.zh}", f"By {word.en.lower()}") for by, word in _BY.items()
} | {"decided": Text("按认定月份", "By month of the decision")}

CHARTS: Mapping[str, Callable[[Period], Chart]] = MappingProxyType(
    {
        **{f"exposed-{by}": _exposed(by) for by in reversed(exposures.By)},
        **{f"in_force-{by}": _in_force(by) for by in designations.By},
        **{f"checks-{by}": _checked(by) for by in checks.By},
        "appeals-times": _appeals,
        "releases-ended": _released("ended", Text("期满解除", "Terms that ended")),
        "releases-revoked": _released("revoked", Text("撤销认定", "Revoked")),
    }
)
