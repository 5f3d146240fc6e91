"""What a model wrote, without what could carry the reader's data away or hide where a link goes."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from rag.guarding.elements import TAG

# Longest parts of a link or tag, in characters; what is longer is no link any more, and its address falls by itself.
_WORDS, _TARGET, _TAG = 500, 1000, 1000

_NAMED = rf"(?:[^\[\]]|\[[^\[\]]*\]){{0,{_WORDS}}}"
_DESTINATION = r"(?:<[^<>()\n]{0,800}>|(?:[^\s<>‹›()]|\([^\s<>‹›()]*\)){0,800})"
_TITLE = r"(?:\s+(?:\"[^\"()]{0,100}\"|'[^'()]{0,100}'))?"
_MAY_BEGIN = r"(?:[/?]?[A-Za-z]|![A-Za-z\[-])"  # a tag, as far as its first two characters tell
_ADDRESS = (
    r"(?:(?<![a-z0-9_&#;.+-])[a-z0-9_&#;.+-]{1,40}://(?=[\w%@])|(?<![a-z0-9_:/])//(?=[\w-]+\.)|"
    r"(?<![a-z0-9_])(?:www\.|mailto:|javascript:|vbscript:|data:(?=(?:[a-z]+/[\w.+-]+)?(?:;[\w=-]+)*,))(?=[\w%,]))"
    r"[^\s<>‹›\"“”`\[\]{}|\\^\u3000-\u303f\uff00-\uffef]+"
)
_PART = re.compile(
    rf"!\[(?P<alt>{_NAMED})\]\(\s{{0,50}}{_DESTINATION}{_TITLE}\s{{0,50}}\)"
    rf"|\[(?P<words>{_NAMED})\]\(\s{{0,50}}(?P<target>{_DESTINATION}){_TITLE}\s{{0,50}}\)"
    rf"|<(?P<auto>[A-Za-z][\w.+-]{{1,31}}:[^\s<>]{{1,{_TAG}}})>"
    rf"|<(?P<tag>(?={TAG})[^<>]{{1,{_TAG}}})>"
    rf"|(?P<address>{_ADDRESS})",
    re.IGNORECASE,
)
# Whether the end of a text may become a part of one: then it is kept back. It says so too often rather than too seldom.
_OPEN = re.compile(
    rf"(?:\[{_NAMED}(?:\[[^\[\]]*|\](?:\((?:[^()]|\([^()]*\)){{0,{_TARGET}}}(?:\([^()]*)?)?)?"
    rf"|<{_MAY_BEGIN}[^>]{{0,{_TAG}}}|{_ADDRESS})\Z",
    re.IGNORECASE,
)
# The beginning of a tag or an address without its end; so are many words without any.
_UNFINISHED = re.compile(rf"<(?={TAG}|[a-z][\w.+-]{{1,31}}:[^\s<>]|[a-z][^<>]{{{_TAG}}})", re.IGNORECASE)
# Where text may be let out: after white space, and between the letters of writing that has none.
_STOP = re.compile(r"[\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``text`` as it may be shown, and how many ``links`` (addresses of any kind) and ``images`` were taken out."""

    text: str
    links: int
    images: int


def clean(text: str, allowed: Collection[str]) -> Cleaned:
    """What a model wrote, without images, HTML tags and addresses; the words of a Markdown link stay, and so does an
    address that stands in ``allowed`` (the cited documents' own, compared character by character).

    Text with none of these comes out as it went in: "x<y and a > b" holds no tag, "Dear <name>" none that HTML knows
    (``rag.guarding.elements``). Where a tag begins and does not end, its "<" becomes "‹". Cleaning twice changes
    nothing more.
    """
    cleaner = Cleaner(allowed)
    shown = cleaner.feed(text) + cleaner.finish()
    return Cleaned(shown, cleaner.links, cleaner.images)


class Cleaner:
    """``clean`` for a text that comes in pieces: however it is cut, what comes out is the same, and no part of a link,
    tag or address is let out before it is known to be none."""

    def __init__(self, allowed: Collection[str]) -> None:
        """``allowed`` as for ``clean``."""
        self.links, self.images = 0, 0
        self._allowed = frozenset(allowed)
        self._kept = ""  # of what came, what may still become a link

    def feed(self, text: str) -> str:
        """Takes the next piece; gives what can be shown of it and of what was kept back, maybe nothing."""
        out, start = [], 0
        for stop in _STOP.finditer(text):
            # After every such place, and not once a piece: so the pieces make no difference.
            self._kept = self._reduced(self._kept + text[start : stop.end()])
            start = stop.end()
            found = _OPEN.search(self._kept)
            ends = [each.end() for each in _STOP.finditer(self._kept, 0, found.start() if found else len(self._kept))]
            whole = ends[-1] if ends else 0
            out.append(_repeated(_UNFINISHED, "‹", self._kept[:whole]))
            self._kept = self._kept[whole:]
        self._kept += text[start:]
        return "".join(out)

    def finish(self) -> str:
        """What was kept back, after the last piece."""
        # The last address ends here; what taking it out leaves is looked at again.
        left = self._reduced(self._kept + "\n").removesuffix("\n")
        self._kept = ""
        return _repeated(_UNFINISHED, "‹", left)

    def _reduced(self, text: str) -> str:
        """The text without any such part; what is taken out may leave another one, so until there is none."""
        return _repeated(_PART, self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        part = match.lastgroup
        if part == "address":
            # At the end of what came it may go on.
            return match["address"] if match.end() == len(match.string) else self._address(match["address"])
        if part == "auto" and match["auto"] in self._allowed:
            return match["auto"]
        if part == "alt" or (part == "tag" and match["tag"].lower().startswith("img")):
            self.images += 1
        if part in ("alt", "tag"):
            return ""
        # Where the address was taken out before, it was counted then.
        self.links += part == "auto" or (match["target"][:1] not in ("", "'", '"'))
        words = match["words"] or ""
        # A marker of ours that the model made a link of is still a marker.
        return f"[{words}]" if re.fullmatch(r"P?\d{1,4}", words) else words

    def _address(self, found: str) -> str:
        """What stays of an address: all of it where it is allowed, else the stops and brackets that come after it."""
        bare = found.rstrip(".,;:!?'*_)")
        while bare.count("(") > bare.count(")") and found[len(bare) :].startswith(")"):
            bare += ")"
        if bare in self._allowed or found in self._allowed:
            return found
        self.links += 1
        return found[len(bare) :]


def _repeated(pattern: re.Pattern[str], to: str | Callable[[re.Match[str]], str], text: str) -> str:
    """``text`` with every match replaced, and those that this makes, until there is none."""
    while (changed := pattern.sub(to, text)) != text:
        text = changed
    return text
