"""What can go wrong, said without knowing HTTP.

A kind says what sort of trouble it is, the slug names the very trouble (stable, part of the
contract, explained at `/problems/<slug>`), the sentence says what happened, why, and what to do.
`api/problems.py` alone maps kinds to status codes. Sentences never contain a name, a number or a card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from registry.text import Text


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one field; `pointer` is an RFC 6901 JSON pointer, as `/parties/0/name`."""

    pointer: str
    text: Text

    def under(self, prefix: str) -> "FieldError":
        """The same fault, seen from the object that holds this one at `prefix`."""
        return FieldError(prefix + self.pointer, self.text)


class RegistryError(Exception):
    """Base of all kinds. `facts` are machine-readable, free of personal data, and shown to the caller."""

    def __init__(
        self,
        slug: str,
        sentence: Text,
        *,
        errors: Sequence[FieldError] = (),
        facts: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(slug)
        self.slug = slug
        self.sentence = sentence
        self.errors = tuple(errors)
        self.facts = dict(facts)


class Unauthenticated(RegistryError):
    """Nobody we know is asking."""


class Forbidden(RegistryError):
    """We know who is asking; they may not do this."""


class NotFound(RegistryError):
    """No such thing, or none that the asker may know of."""


class Conflict(RegistryError):
    """The request contradicts what is stored."""


class InvalidState(Conflict):
    """The verb does not apply to the state the thing is in."""


class NotLawful(Conflict):
    """The law of the day does not allow it; `facts["rule"]` names the rule."""


class Stale(RegistryError):
    """The caller's version of the thing is not the newest."""


class Invalid(RegistryError):
    """The input is understood, and wrong; `errors` points at each fault."""


class TooMany(RegistryError):
    """Too often in too short a time; after `retry_after` seconds it may be tried again."""

    def __init__(self, slug: str, sentence: Text, *, retry_after: int) -> None:
        super().__init__(slug, sentence)
        self.retry_after = retry_after


class Unavailable(RegistryError):
    """Law, keys or database cannot answer now. Never to be read as «no record»."""


def invalid_field(slug: str, text: Text, pointer: str = "") -> Invalid:
    """An `Invalid` with a single fault, whose sentence is that fault's."""
    return Invalid(slug, text, errors=[FieldError(pointer, text)])


def places(error: BaseException) -> list[str]:
    """Where an error came from, as file:line function, innermost last; no values."""
    found, traceback = [], error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return found[-12:]
