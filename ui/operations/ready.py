"""Whether questions can be answered now."""

import logging
import threading
from time import monotonic

from index.embed import embed_query
from index.errors import CitedeskError
from rag.types import Filters
from ui.server import Server

FRESH = 5.0
"""Seconds for which a finding holds: a probe costs a server nothing however often it comes."""

log = logging.getLogger(__name__)


class Readiness:
    """Looks whether library, vector index and embedding model of a server can be used."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._looking = threading.Lock()
        self._found, self._until = False, 0.0
        self._embedded = False

    def ready(self) -> bool:
        """Whether a question could be answered; false from the moment that the server is told to stop. May take a
        while at first, when models are read and the index is brought in step; from any thread."""
        if self._server.admission.closed:
            return False
        if monotonic() < self._until:
            return self._found
        with self._looking:
            if monotonic() >= self._until:
                self._found, self._until = self._look(), monotonic() + FRESH
        return self._found

    def _look(self) -> bool:
        desk = self._server.desk
        try:
            if not desk.library.count_documents():
                return True  # nothing to answer from is no fault of the server's
            desk.library.require(desk.model.model_name)
            desk.index.sync(desk.library)
            if not self._embedded:  # once: an endpoint would be asked, and paid, at every probe
                desk.index.query(embed_query(desk.model, "ready?"), Filters(), 1)
                self._embedded = True
        except CitedeskError as error:
            log.warning("not ready: %s", error)
            return False
        return True
