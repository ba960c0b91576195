"""`/v1/calendar-years`: which days are worked, as the State Council's notice of each year says."""

from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from registry.access.rules import Permission
from registry.api.body import load_json
from registry.api.fields import Line, day
from registry.api.operation import officer, operation, services
from registry.workdays.files import read_csv
from registry.workdays.rules import MAX_SOURCE

blueprint = Blueprint(
    "calendar-years", __name__, url_prefix="/v1", description="工作日历 · The calendar of working days"
)

CSV = "text/csv"


class CalendarDaysSchema(Schema):
    """A notice: the days off, weekends among them or not, and the weekend days worked instead."""

    off = fields.List(day(), required=True)
    on = fields.List(day(), required=True)
    source = Line(MAX_SOURCE, required=True, metadata={"description": "Title or number of the notice"})


class SourceQuerySchema(Schema):
    """What a table has no place for."""

    source = fields.String(
        validate=validate.Length(min=1, max=MAX_SOURCE),
        metadata={"description": "With text/csv: title or number of the notice"},
    )


class CalendarYearSchema(CalendarDaysSchema):
    """A known year. `imported_by` and `imported_at` are null for one that came with the software."""

    year = fields.Integer(required=True)
    imported_by = fields.String(required=True, allow_none=True)
    imported_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class CalendarYearsSchema(Schema):
    """Every known year, the newest first. Others are counted Monday to Friday, provisionally."""

    items = fields.List(fields.Nested(CalendarYearSchema), required=True)


class ImportedYearSchema(CalendarYearSchema):
    """A year that was taken in, and how many clocks have another due day since."""

    recalculated = fields.Integer(required=True)


_DAYS = CalendarDaysSchema()
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": CalendarDaysSchema},
            CSV: {
                "schema": {"type": "string"},
                "example": "day,kind,name\n2026-10-01,off,国庆节\n2026-10-10,on,国庆节\n",
            },
        },
    }
}


@operation(blueprint, "GET", "/calendar-years", Permission.CALENDAR_READ, answer=CalendarYearsSchema)
def list_calendar_years() -> dict[str, Any]:
    """已知年份的工作日安排 · The known years with their days off and days worked instead"""
    return {"items": services().workdays.years()}


@operation(
    blueprint,
    "PUT",
    "/calendar-years/<int(min=2000,max=2099):year>",
    Permission.CALENDAR_MANAGE,
    query=SourceQuerySchema,
    answer=ImportedYearSchema,
    docs=_BODY,
)
def import_calendar_year(year: int, query: dict[str, str]) -> dict[str, Any]:
    """导入一年的放假安排 · Take in the notice of a year; every clock it touches is counted anew"""
    if request.mimetype == CSV and not request.content_encoding:
        off, on = read_csv(request.get_data())
        source = query.get("source", "")
    elif request.mimetype == CSV:
        raise UnsupportedMediaType
    else:
        body = load_json(_DAYS)
        off, on, source = body["off"], body["on"], body["source"]
    workdays = services().workdays
    recalculated = workdays.import_year(officer().actor, year, off, on, source)
    return {**workdays.year(year), "recalculated": recalculated}
