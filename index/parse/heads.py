"""The head of an article (outlet, title, date, byline, link) read off its first lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from index.parse.boilerplate import is_furniture
from index.parse.credits import Credit, is_kicker, merge, read_credit
from index.parse.dates import find_stated
from index.parse.draft import Block, Kind
from index.parse.exports import is_body, is_break, is_idle, read_export
from index.parse.lines import ends_sentence, is_prose, is_rule
from index.parse.outlets import is_name, looks_like_outlet
from index.types import Precision

_MOST_LINES = 8
_MOST_FIELDS = 24  # of an article from a database
_LONGEST_DATE = 30  # characters of a month and a year with what may stand before it
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
    precision: Precision = Precision.DAY

    @property
    def named(self) -> bool:
        """Whether a day, an outlet or an author tells that an article begins here; a title alone does not, nor does a
        month, which may head a section."""
        return bool((self.published and self.precision is Precision.DAY) or self.outlet or self.author)


@dataclass(slots=True)
class _Lines:
    """What was read of a head so far: its credits, the lines that could be titles, those that stay in the text."""

    credits: list[Credit] = field(default_factory=list)
    shorts: list[Block] = field(default_factory=list)
    kept: list[Block] = field(default_factory=list)
    length: int = 0


def read_head(blocks: Sequence[Block], title: str | None = None, exported: bool = False) -> Head:
    """Return the head at the beginning of ``blocks``, whose texts are folded; an empty Head when there is none.

    ``title`` is the one the file itself states, if any: a line that repeats it belongs to the head, and no other line
    becomes the title. ``exported`` says that the file comes from a database or a mailing list (``index.parse.exports``)
    whose fields stand in it. Nothing is a head without a body after it.
    """
    read = _Lines()
    if exported:
        _read_exported(read, blocks)
    else:
        _read_lines(read, blocks, title)
    if not any(not is_separator(block) for block in blocks[read.length :]):
        return Head()
    return _assemble(read, title)


def _read_lines(read: _Lines, blocks: Sequence[Block], title: str | None) -> None:
    for block in blocks[:_MOST_LINES]:
        credit = read_credit(block.text) if block.kind in (Kind.PARAGRAPH, Kind.HEADING) else None
        if credit is not None and not _heads_section(credit, block, blocks[read.length + 1 :]):
            read.credits.append(credit)
            read.kept += [] if credit.whole else [block]
        elif not is_separator(block):
            if not (_same(block.text, title) or _could_be_title(block, first=not read.shorts)):
                break
            read.shorts.append(block)
        read.length += 1


def _read_exported(read: _Lines, blocks: Sequence[Block]) -> None:
    """A head whose lines may be fields, in any order; a line that says "Body" ends it, or the first prose."""
    first = blocks[:_MOST_FIELDS]
    if first and _is_text(first[0]):
        return
    body = next((place for place, block in enumerate(first) if is_body(block.text)), None)
    ends = next((place for place, block in enumerate(first) if _is_text(block)), len(first)) if body is None else body
    broken = next((place for place, block in enumerate(first[:ends]) if is_break(block.text)), 0)
    if any(not is_separator(block) and read_export(block.text) is None for block in first[:broken]):
        return  # these are the last lines of the article above
    named = any(read_export(block.text) for block in first[:ends])
    for place, block in enumerate(first[:ends]):
        text = block.text
        export = read_export(text)
        credit = None if export else read_credit(text)
        if export is not None:
            read.credits.append(export.credit)
            # Of two titles the first one counts: "HEADLINE: …" below the title repeats it.
            if export.title and all(not _same(export.title, each.text) for each in read.shorts):
                read.shorts.append(replace(block, text=export.title))
            read.kept += [replace(block, text=export.subtitle)] if export.subtitle else []
        elif credit is not None:
            read.credits.append(credit)
            read.kept += [] if credit.whole else [block]
        elif is_separator(block) or is_break(text) or (named and read.credits and is_idle(text)):
            pass
        elif named and is_name(text, limit=6) and _beside_date(first, place) and _other_titles(first[:ends], block):
            read.credits.append(Credit(outlet=text))
        elif named or _could_be_title(block, first=not read.shorts):
            read.shorts.append(block)
        else:
            break
        read.length += 1
    read.length += body is not None and read.length == body


def _is_text(block: Block) -> bool:
    return is_prose(block.text) and read_export(block.text) is None and read_credit(block.text) is None


def _other_titles(blocks: Sequence[Block], block: Block) -> bool:
    """Whether another line could be the title, so that ``block``, a name beside the date, is the outlet's."""
    others = (each.text for each in blocks if each is not block and not is_separator(each) and not is_break(each.text))
    exports = ((text, read_export(text)) for text in others)
    return any(export.title if export else not (read_credit(text) or is_idle(text)) for text, export in exports)


def _beside_date(blocks: Sequence[Block], place: int) -> bool:
    for block in (*blocks[max(0, place - 1) : place], *blocks[place + 1 : place + 2]):
        export = read_export(block.text)
        credit = export.credit if export else read_credit(block.text)
        if credit is not None and credit.published:
            return True
    return False


def is_separator(block: Block) -> bool:
    """Whether the block is a horizontal rule or page furniture, which no article keeps."""
    if block.kind is Kind.ROW:
        return False
    return is_rule(block.text) or is_furniture(block.text, alone=block.kind is Kind.PARAGRAPH)


def _heads_section(credit: Credit, block: Block, below: Sequence[Block]) -> bool:
    """Whether a line with a month or a year, and nothing else, heads a part of the text rather than the text: there are
    others like it further down."""
    if credit.precision is Precision.DAY or find_stated(block.text) is None:
        return False
    others = (find_stated(each.text) for each in below if len(each.text) <= _LONGEST_DATE)
    return any(other is not None and other.precision is not Precision.DAY for other in others)


def _assemble(read: _Lines, title: str | None) -> Head:
    credit = merge(read.credits)
    shorts = list(read.shorts)
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
    rest = [*read.kept, *(block for block in shorts if not _same(block.text, title))]
    return Head(
        length=read.length,
        title=found,
        outlet=outlet,
        author=credit.author,
        published=credit.published,
        url=credit.url,
        rest=tuple(replace(block, kind=Kind.HEADING) for block in rest),
        precision=credit.precision,
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
