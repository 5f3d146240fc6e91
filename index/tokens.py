"""Counts tokens with tiktoken's cl100k_base, from the copy that LlamaIndex bundles: no network.

LlamaIndex itself is not imported for it: that takes a second, and parsers in processes of their own count too.
"""

import binascii
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import tiktoken

_FOLDER = "core/_static/tiktoken_cache"
_FILE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"  # tiktoken's name for it in a cache: the SHA-1 of its address
_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
# Where cl100k_base may cut before pairs are merged; tiktoken tells it only together with a download.
_CUTS = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)


@cache
def _encoding() -> tiktoken.Encoding:
    """Raises ImportError where LlamaIndex is missing or bundles another file."""
    found = find_spec("llama_index")
    for folder in (found.submodule_search_locations if found else None) or ():
        file = Path(folder, _FOLDER, _FILE)
        if file.is_file():
            data = file.read_bytes()
            if hashlib.sha256(data).hexdigest() == _SHA256:
                # A token in Base64 and its rank on each line, in the order of the ranks.
                ranks = {binascii.a2b_base64(token): rank for rank, token in enumerate(data.split()[::2])}
                return tiktoken.Encoding("cl100k", pat_str=_CUTS, mergeable_ranks=ranks, special_tokens={})
    raise ImportError("LlamaIndex's copy of cl100k_base is missing; install the pinned requirements again")


def count(text: str) -> int:
    """The number of cl100k_base tokens in ``text``; special tokens in it count as the plain text they are."""
    return len(_encoding().encode_ordinary(text))
