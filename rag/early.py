"""The models, read while another thread imports what else is needed: worth a quarter of a second of a cold start."""

import threading
from contextlib import suppress

from index.errors import EmbeddingError, SettingError
from rag.settings import read


def models() -> None:
    """Begins to read both models in the background, on another core, and returns at once. Reads none where an endpoint
    embeds. What is wrong with a model, or a setting, is told when it is used."""
    with suppress(SettingError):
        if not read().embed_model:
            threading.Thread(target=_read, daemon=True).start()


def _read() -> None:
    from index.onnx import encoder
    from rag.crossencoder import crossencoder

    with suppress(EmbeddingError):
        encoder()
        crossencoder()
