"""Conversations are not kept longer than the operator said."""

import asyncio
import logging

from index.errors import CitedeskError
from ui.keeping.history import History

DAY = 86_400.0
"""Seconds between two looks."""

log = logging.getLogger(__name__)


async def expiring(history: History, days: int) -> None:
    """Deletes what was last used more than ``days`` days ago, now and every day, until it is cancelled; returns at
    once for 0, which keeps everything."""
    while days:
        try:
            gone = await asyncio.to_thread(history.expire, days)
        except CitedeskError as error:
            log.error("old conversations could not be deleted: %s", error)
        else:
            if gone:
                log.warning("%d conversations were deleted: not used for more than %d days", gone, days)
        await asyncio.sleep(DAY)
