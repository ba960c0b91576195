"""Fields that mean what JSON Schema says, and refuse what no register should hold."""

import re
from datetime import UTC
from typing import Any

from marshmallow import ValidationError, fields, validate


class Line(fields.String):
    """One line of text, 1 to `longest` characters."""

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=longest), **options)


class Whole(fields.Integer):
    """A whole number as JSON Schema understands it: 92 and 92.0, but neither 2.6e-42, true nor "92"."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **options)

    def _validated(self, value: Any) -> int:
        if type(value) is float and value.is_integer():
            return int(value)
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class Digits(Whole):
    """A whole number in a query: digits and nothing else."""

    def _validated(self, value: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", str(value)):
            raise self.make_error("invalid", input=value)
        return int(value)


class Pattern(validate.Regexp):
    """A pattern that the whole text must fit; `$` alone would let a line break pass behind it."""

    def __call__(self, value: Any) -> Any:
        """Raises ValidationError."""
        if not self.regex.fullmatch(value):
            raise ValidationError("String does not match expected pattern.")
        return value


class Day(fields.Date):
    """A day, `YYYY-MM-DD` and no other form of ISO 8601."""

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> Any:
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
            raise self.make_error("invalid", input=value, obj_type="date")
        return super()._deserialize(value, *rest, **named)


_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"


class Moment(fields.AwareDateTime):
    """An instant with its zone, as RFC 3339 writes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", metadata={"pattern": f"^{_MOMENT}$"}, **options)

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> Any:
        if not (isinstance(value, str) and re.fullmatch(_MOMENT, value)):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        try:
            return super()._deserialize(value, *rest, **named).astimezone(UTC)
        except OverflowError as far:
            raise self.make_error("invalid", input=value, obj_type="datetime") from far


def word(kind: Any, **options: Any) -> fields.String:
    """One word of a closed list."""
    return fields.String(validate=validate.OneOf([str(member) for member in kind]), **options)


def day(**options: Any) -> Day:
    """A day, `YYYY-MM-DD`."""
    return Day(format="iso", **options)
