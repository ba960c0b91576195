"""A form that comes with one large file, which is handed on as it comes and never held as a whole."""

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from registry.api.forms import MAX_FORM

MULTIPART = "multipart/form-data"

_BLOCK = 64 << 10
_MOST_PARTS = 30


class Upload:
    """The file, the last part of its form; `name` is what it was called where it comes from."""

    def __init__(self, name: str, decoder: MultipartDecoder) -> None:
        self.name = name
        self._decoder = decoder
        self._rest = b""
        self._over = False
        self._left: int | None = None

    def limit(self, most: int) -> None:
        """Refuse a file of more than `most` bytes with HTTP 413, as soon as it is seen to be one."""
        self._left = most

    def read(self, size: int = -1) -> bytes:
        """The next bytes, none at the end. Raises HTTP 400, 413."""
        while not self._over and (size < 0 or len(self._rest) < size):
            event = _next(self._decoder)
            if not isinstance(event, Data):
                raise BadRequest
            self._rest += event.data
            self._over = not event.more_data
        size = len(self._rest) if size < 0 else size
        block, self._rest = self._rest[:size], self._rest[size:]
        if self._left is not None:
            self._left -= len(block)
            if self._left < 0:
                raise RequestEntityTooLarge
        return block

    def skip(self) -> None:
        """Read to the end: a browser that still sends does not hear what is answered."""
        self._left = None
        while self.read(_BLOCK):
            pass


def read() -> tuple[dict[str, str], Upload | None]:
    """The fields of the form, trimmed, and the file behind them. Raises HTTP 400, 413."""
    boundary = request.mimetype_params.get("boundary", "").encode("ascii", "replace")
    if not boundary or request.content_encoding:
        raise BadRequest
    decoder = MultipartDecoder(boundary, max_form_memory_size=1 << 20, max_parts=_MOST_PARTS)
    fields: dict[str, str] = {}
    name, value = "", b""
    while not isinstance(event := _next(decoder), Epilogue):
        if isinstance(event, File):
            return fields, Upload(event.filename, decoder) if event.filename else None
        if isinstance(event, Field):
            name, value = event.name, b""
        elif isinstance(event, Data):
            value += event.data
            if len(value) > MAX_FORM:
                raise RequestEntityTooLarge
            if not event.more_data:
                if name in fields or b"\0" in value:
                    raise BadRequest
                fields[name] = value.decode("utf-8", "replace").replace("\r\n", "\n").strip()
    return fields, None


def _next(decoder: MultipartDecoder) -> object:
    try:
        while isinstance(event := decoder.next_event(), NeedData):
            decoder.receive_data(request.stream.read(_BLOCK) or None)
    except ValueError as fault:
        raise BadRequest from fault
    return event
