"""A subject as somebody describes it, before the register knows it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from registry.identity.documents import Document
from registry.identity.names import Name

Sex = Literal["male", "female"]


class SubjectKind(StrEnum):
    """What a subject is."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class SubjectDraft:
    """Kind, name, and at least one document; `sex` and `birth_on` as stated or as the document says."""

    kind: SubjectKind
    name: Name
    documents: tuple[Document, ...]
    sex: Sex | None
    birth_on: date | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What was entered wrongly about a subject: the name `was` is `name`; sex and birth, where given."""

    was: Name | None = None
    name: Name | None = None
    sex: Sex | None = None
    birth_on: date | None = None
