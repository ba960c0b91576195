"""Fields that mean what JSON Schema says, and refuse what no register should hold."""

from typing import Any

from marshmallow import fields, validate


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


def word(kind: Any, **options: Any) -> fields.String:
    """One word of a closed list."""
    return fields.String(validate=validate.OneOf([str(member) for member in kind]), **options)


def day(**options: Any) -> fields.Date:
    """A day, `YYYY-MM-DD`."""
    return fields.Date(format="iso", **options)
