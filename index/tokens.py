"""Counts tokens with tiktoken's cl100k_base, from the copy that LlamaIndex bundles: no network."""

from functools import cache

import tiktoken
from llama_index.core.utils import get_tokenizer


@cache
def _encoding() -> tiktoken.Encoding:
    get_tokenizer("gpt-3.5-turbo")  # loads cl100k_base from LlamaIndex's own folder; tiktoken alone would download it
    return tiktoken.get_encoding("cl100k_base")


def count(text: str) -> int:
    """The number of cl100k_base tokens in ``text``; special tokens in it count as the plain text they are."""
    return len(_encoding().encode_ordinary(text))
