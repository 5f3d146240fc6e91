"""Names of files that are handed out."""

import re
import unicodedata
from datetime import date
from urllib.parse import quote

from ui.exports.letters import inline

_LONGEST = 80  # characters, without the date and the ending
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%]+')


def file_name(title: str, made: date, ending: str) -> str:
    """A name that every system takes and that says what is in the file: ``Who built it - 2026-11-22.docx``."""
    words = " ".join(_FORBIDDEN.sub(" ", inline(title)).split()).strip(" .-…")
    if len(words) > _LONGEST:
        words = words[:_LONGEST].rsplit(" ", 1)[0].rstrip(" .,;-–")
    return f"{words or 'citedesk'} - {made.isoformat()}.{ending}"


def disposition(name: str) -> str:
    """The Content-Disposition of a file to be saved under ``name`` (RFC 6266): in ASCII, and as it is."""
    apart = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = " ".join(re.sub(r"[^A-Za-z0-9 ._()-]", "", apart).split()).lstrip(" .-")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
