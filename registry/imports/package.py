"""The ZIP package of a workbook that nobody vouches for: what is in it, and what of it is asked for."""

import io
import posixpath
import zipfile
from dataclasses import dataclass

from registry.imports.limits import MAX_ENTRIES, MAX_INFLATED, MAX_RATIO, RATIO_FROM
from registry.imports.parts import CHUNK, Elements, Part
from registry.imports.refusals import (
    bomb,
    damaged,
    encrypted,
    macro_workbook,
    not_workbook,
    ods_workbook,
    xlsb_workbook,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the parts are that a list is made of. `sheets` are the visible worksheets in order of their
    tabs; `strings` and `styles` are "" where there are none. `epoch_1904`: days count from 1904."""

    sheets: tuple[str, ...]
    strings: str
    styles: str
    epoch_1904: bool


class Package:
    """Parts by their path in lower case, which is how the format compares paths.

    All methods raise `Invalid` for what is wrong, and besides what `zipfile` and expat raise, `LookupError`
    for a part or an attribute that is missing.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Looks at the figures of the directory before anything is inflated. Python's zipfile never
        inflates more than an entry declares, so that a lying directory is a damaged file, not a bomb.

        Raises `workbook-bomb`, `damaged-workbook`, `encrypted-workbook`.
        """
        entries = archive.infolist()
        declared = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if (
            len(entries) > MAX_ENTRIES
            or declared > MAX_INFLATED
            or (declared > RATIO_FROM and declared > MAX_RATIO * packed)
        ):
            raise bomb()
        self._archive = archive
        self._entries = {entry.filename.lower(): entry for entry in entries}
        if len(self._entries) != len(entries):
            raise damaged()
        if any(entry.flag_bits & 1 for entry in entries):
            raise encrypted()
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise damaged()

    def read(self, path: str, part: Part) -> bytes:
        """The bytes of the part at `path`, each chunk shown to `part` first, so that it can stop the
        reading."""
        kept = io.BytesIO()
        with self._archive.open(self._entries[path]) as body:
            while chunk := body.read(CHUNK):
                part.feed(chunk)
                kept.write(chunk)
        part.close()
        return kept.getvalue()

    def contents(self) -> Contents:
        """Where the parts of the list are.

        Raises `ods-workbook`, `xlsb-workbook`, `macro-workbook`, `zip-not-workbook`, `damaged-workbook`.
        """
        workbook = self._workbook()
        related = self._related(workbook)
        sheets: dict[str, bool] = {}
        epoch_1904 = False
        for each in self._elements(workbook, "sheet", "workbookPr"):
            if "name" not in each:
                epoch_1904 = each.get("date1904", "0") in ("1", "true")
                continue
            kind, path = related[next((value for key, value in each.items() if key.endswith(" id")), "")]
            if kind != "worksheet":
                continue  # a chart has no rows
            if path in sheets:
                raise damaged()  # one large part named a thousand times would be walked a thousand times
            sheets[path] = each.get("state", "visible") == "visible"
        return Contents(
            sheets=tuple(path for path, visible in sheets.items() if visible),
            strings=_first(related, "sharedStrings"),
            styles=_first(related, "styles"),
            epoch_1904=epoch_1904,
        )

    def _workbook(self) -> str:
        """The path of the workbook part; every package that is no plain .xlsx is refused here."""
        names = self._entries.keys()
        if {"content.xml", "meta-inf/manifest.xml"} <= names:
            raise ods_workbook()
        if any(name.startswith("xl/") and name.endswith("workbook.bin") for name in names):
            raise xlsb_workbook()
        if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
            raise macro_workbook()
        if "[content_types].xml" not in names:
            raise not_workbook()
        types = self._elements("[content_types].xml", "Default", "Override")
        if any("macroenabled" in each.get("ContentType", "").lower() for each in types):
            raise macro_workbook()
        if "_rels/.rels" not in names:
            raise not_workbook()
        path = _first(self._related(""), "officeDocument", under="xl/")
        if not path:
            raise not_workbook()
        return path

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        """Id → (last word of the type, path) of what the part at `path` ("" is the package) relates to."""
        folder, name = posixpath.split(path)
        return {
            each["Id"]: (
                each["Type"].rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, each["Target"])).lstrip("/").lower(),
            )
            for each in self._elements(posixpath.join(folder, "_rels", f"{name}.rels"), "Relationship")
            if each.get("TargetMode") != "External"
        }

    def _elements(self, path: str, *names: str) -> list[dict[str, str]]:
        part = Elements(*names)
        self.read(path, part)
        return part.found


def _first(related: dict[str, tuple[str, str]], kind: str, *, under: str = "") -> str:
    """The path of the first relation of this kind whose path begins with `under`; "" if there is none."""
    return next((path for each, path in related.values() if each == kind and path.startswith(under)), "")
