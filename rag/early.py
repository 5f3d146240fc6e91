"""What takes its time, begun before anybody waits for it.

The models are read while another thread imports what else is needed: worth a quarter of a second of a cold start. A
server imports what searches after its page can be seen: worth one to two seconds of its first answer.
"""

import gc
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from index.errors import CitedeskError, EmbeddingError, SettingError
from rag.settings import read

if TYPE_CHECKING:
    from rag.desk import Desk


def models() -> None:
    """Begins to read both models in the background, on another core, and returns at once. Reads none where an endpoint
    embeds. What is wrong with a model, or a setting, is told when it is used."""
    with suppress(SettingError):
        if not read().embed_model:
            threading.Thread(target=_read, daemon=True).start()


def search(desk: "Desk") -> None:
    """Begins to import what searches and to bring the desk's index in step with its library, and returns at once. What
    is wrong with them is told to whoever asks."""
    threading.Thread(target=_search, args=(desk,), daemon=True).start()


def _search(desk: "Desk") -> None:
    import index.chroma  # noqa: F401
    import rag.llama  # noqa: F401

    gc.freeze()  # what was imported stays, and is not looked at again
    with suppress(CitedeskError):
        desk.index.sync(desk.library)


def _read() -> None:
    from index.onnx import encoder
    from rag.crossencoder import crossencoder

    with suppress(EmbeddingError):
        encoder()
        crossencoder()
