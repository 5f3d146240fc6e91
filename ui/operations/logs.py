"""The log on standard error, as text or as JSON: who did what and how it went, never what was asked or read."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from index.errors import CitedeskError
from ui.operations.seen import Seen

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_SEEN = "citedesk_seen"  # the attribute of a log record that holds what a request's line tells

requests = logging.getLogger("citedesk.requests")


def set_up(form: str, *, each_request: bool) -> None:
    """Sends the log of the whole process to standard error in ``form`` ("text" or "json"): warnings and worse, and
    with ``each_request`` a line for every request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else logging.Formatter(_TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    requests.setLevel(logging.INFO if each_request else logging.WARNING)


def tell(seen: Seen, seconds: float) -> None:
    """Logs a request whose response is complete."""
    milliseconds = round(seconds * 1000, 1)
    requests.info(
        "%s %s %s %d %.1f ms %s",
        seen.id,
        seen.method[:16],
        seen.route,
        seen.status,
        milliseconds,
        seen.owner or "-",
        extra={
            _SEEN: {
                "request": seen.id,
                "method": seen.method[:16],
                "route": seen.route,
                "status": seen.status,
                "ms": milliseconds,
                "person": seen.owner,
            }
        },
    )


class _Json(logging.Formatter):
    """A JSON object a line. Of an error that is not one of ours the kind and the places are told, not its message:
    that may hold what was read."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        seen = getattr(record, _SEEN, None)
        told |= seen if isinstance(seen, dict) else {"message": record.getMessage()}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            told["error"] = type(error).__name__
            told["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
            if isinstance(error, CitedeskError):
                told["reason"] = str(error)
        return json.dumps(told, ensure_ascii=False)
