"""The Documents tab: what is in the library, narrowed by words, outlet, kind of file and language."""

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from index.library import Library
from index.types import Relation
from rag.catalogue import Wanted, suffix, words_of
from rag.catalogue import listed as kept_of
from ui import tables

FIND = "Title, outlet, author, date (2024-06) or file name"


@dataclass(frozen=True, slots=True)
class Finder:
    """The fields that narrow the list, and the list."""

    words: gr.Textbox
    outlets: gr.Dropdown
    kinds: gr.Dropdown
    languages: gr.Dropdown
    clear: gr.Button
    table: gr.HTML

    @property
    def fields(self) -> list[Component]:
        """What ``listed`` takes, in its order."""
        return [self.words, self.outlets, self.kinds, self.languages]

    @property
    def shown(self) -> list[Component]:
        """What ``renewed`` gives, in its order."""
        return [self.outlets, self.kinds, self.languages, self.table]


def lay_out() -> Finder:
    """A row of fields above the list."""
    with gr.Row(elem_id="cd-finding"):
        words = gr.Textbox("", label="Find a document", placeholder=FIND, max_lines=1, scale=3, elem_id="cd-find")
        outlets, kinds, languages = (
            gr.Dropdown([], multiselect=True, label=label, scale=1, min_width=150, elem_id=f"cd-find-{label.lower()}")
            for label in ("Outlet", "Kind", "Language")
        )
        clear = gr.Button("Clear filters", size="sm", min_width=90, scale=0, elem_id="cd-find-clear")
    return Finder(words, outlets, kinds, languages, clear, gr.HTML(elem_id="cd-documents", apply_default_css=False))


def listed(library: Library, typed: str, outlets: list[str], kinds: list[str], languages: list[str]) -> str:
    """The list's HTML; the ``kinds`` are suffixes without their dot."""
    suffixes = frozenset(f".{kind}" for kind in kinds)
    wanted = Wanted(words_of(typed), frozenset(outlets), frozenset(languages), suffixes)
    entries = library.entries()
    kept = kept_of(entries, wanted)
    links = library.links([one.id for one in kept[: tables.SHOWN]])
    standing = {link.document: link.relation for link in links if link.relation is not Relation.COPY}
    return tables.documents(len(entries), kept, wanted, standing)


def renewed(library: Library, typed: str, outlets: list[str], kinds: list[str], languages: list[str]) -> list[object]:
    """What there is to choose from now, without choices that are gone, and the list."""
    entries = library.entries()
    there = (
        {one.outlet for one in entries if one.outlet},
        {suffix(one).removeprefix(".") for one in entries},
        {one.language for one in entries if one.language},
    )
    chosen = (outlets, kinds, languages)
    kept = [[one for one in some if one in all_] for some, all_ in zip(chosen, there, strict=True)]
    drops = [
        gr.Dropdown(choices=sorted(all_), value=some, visible=len(all_) > 1 or bool(some))
        for some, all_ in zip(kept, there, strict=True)
    ]
    return [*drops, listed(library, typed, *kept)]
