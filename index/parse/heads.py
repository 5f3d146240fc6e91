"""The head of an article (outlet, title, date, byline, link) read off its first lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.parse.boilerplate import is_furniture
from index.parse.credits import Credit, is_kicker, merge, read_credit
from index.parse.draft import Block, Kind
from index.parse.lines import ends_sentence, is_rule
from index.parse.outlets import looks_like_outlet

_MOST_LINES = 8
_SECTIONS = re.compile(
    r"abstract|background|contents|executive summary|foreword|introduction|key findings|key points|key takeaways"
    r"|main points|overview|preface|summary|table of contents|toplines|takeaways",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the first ``length`` blocks say; ``rest`` are those of them that stay in the text (subtitles, sections)."""

    length: int = 0
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    rest: tuple[Block, ...] = ()

    @property
    def named(self) -> bool:
        """Whether a date, an outlet or an author tells that an article begins here; a title alone does not."""
        return bool(self.published or self.outlet or self.author)


def read_head(blocks: Sequence[Block], title: str | None = None) -> Head:
    """Return the head at the beginning of ``blocks``, whose texts are folded; an empty Head when there is none.

    ``title`` is the one the file itself states, if any: a line that repeats it belongs to the head, and no other line
    becomes the title. Nothing is a head without a body after it.
    """
    credits: list[Credit] = []
    shorts: list[Block] = []
    kept: list[Block] = []
    length = 0
    for block in blocks[:_MOST_LINES]:
        credit = read_credit(block.text) if block.kind in (Kind.PARAGRAPH, Kind.HEADING) else None
        if credit is not None:
            credits.append(credit)
            kept += [] if credit.whole else [block]
        elif not is_separator(block):
            if not (_same(block.text, title) or _could_be_title(block, first=not shorts)):
                break
            shorts.append(block)
        length += 1
    if not any(not is_separator(block) for block in blocks[length:]):
        return Head()
    return _assemble(length, merge(credits), shorts, kept, title)


def is_separator(block: Block) -> bool:
    """Whether the block is a horizontal rule or page furniture, which no article keeps."""
    if block.kind is Kind.ROW:
        return False
    return is_rule(block.text) or is_furniture(block.text, alone=block.kind is Kind.PARAGRAPH)


def _assemble(length: int, credit: Credit, shorts: list[Block], kept: Sequence[Block], title: str | None) -> Head:
    outlet = credit.outlet
    titles = [block for block in shorts if not _is_label(block.text)]
    found = None
    if title is None and titles:
        first = next((block for block in titles if not is_kicker(block.text)), titles[0])
        shorts.remove(first)
        found = first.text
        prefix, _, tail = found.partition(": ")
        # "Outlet: Title" is told from "Title: subtitle" by the outlet standing alone too, or by its name.
        alone = next((block for block in shorts if _same(block.text, prefix)), None)
        if alone is not None:
            shorts.remove(alone)
        if tail and (alone is not None or _same(prefix, outlet) or (outlet is None and looks_like_outlet(prefix))):
            found, outlet = tail, outlet or prefix
    rest = [*kept, *(block for block in shorts if not _same(block.text, title))]
    return Head(
        length=length,
        title=found,
        outlet=outlet,
        author=credit.author,
        published=credit.published,
        url=credit.url,
        rest=tuple(replace(block, kind=Kind.HEADING) for block in rest),
    )


def _could_be_title(block: Block, first: bool) -> bool:
    if block.kind is Kind.HEADING:
        return True
    # Formats that do not mark headings: a short first line, which may be a question.
    text = block.text
    if not first or block.kind is not Kind.PARAGRAPH or len(text) > 150 or text[0].islower():
        return False
    return len(text.split()) <= 22 and (text[-1] in "?!" or not (ends_sentence(text) or text.endswith((",", ";"))))


def _is_label(text: str) -> bool:
    return text.endswith(":") or _SECTIONS.fullmatch(text) is not None


def _same(text: str, other: str | None) -> bool:
    return other is not None and text.casefold().strip(" :") == other.casefold().strip(" :")
