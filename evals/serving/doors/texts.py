"""The documents of the trial and for whom they are, and the questions that they answer."""

from dataclasses import dataclass, replace
from pathlib import Path

BOARD = frozenset({"board"})
STAFF = frozenset({"staff"})
NOBODY = frozenset[str]()
UPLOADS = frozenset({"uploads"})
"""No group of a document: the administrator's own, who sends a file that is never read in."""
SENT = "Hollowmere Jast sent this."
LOST = "How much had the yard lost in a year?"
DECIDED = "What did the board of the Halden shipyard decide?"
REPAIRED = "Who repaired the lighthouse of Torvik?"
COUNCIL = "What did the town council of Brenn approve?"

_WALL = (
    "The town council of Brenn approved the new harbour wall on Tuesday after a long debate in the old town hall.",
    "Work on the wall begins in spring and is expected to take two years, the harbour master of Brenn said.",
)
_YARD = "The board of the Halden shipyard decided to close the yard at Grendwick quay in 2027."


@dataclass(frozen=True, slots=True)
class Text:
    """A document of the trial; ``words`` occur nowhere else: in title, outlet, file name or text."""

    file: str
    title: str
    outlet: str
    groups: frozenset[str]
    paragraphs: tuple[str, ...]
    words: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Writes it as Markdown with front matter."""
        head = [f"title: {self.title}", f"outlet: {self.outlet}", "date: 2024-02-01"]
        head += [f"groups: {', '.join(sorted(self.groups))}"] if self.groups else []
        text = "\n\n".join(self.paragraphs)
        (folder / self.file).write_text("---\n" + "\n".join(head) + f"\n---\n\n{text}\n", encoding="utf-8")


MINUTES = Text(
    "qorrim.md",
    "Vantablau minutes",
    "Ombrelle Ledger",
    BOARD,
    (_YARD, "Zyxomma Brel told the board that the yard had lost nine million crowns in a year."),
    ("qorrim", "vantablau", "ombrelle", "zyxomma"),
)
COPY = Text("plurnik.md", "Quillfeather on the wall", "Quillfeather Courier", BOARD, _WALL, ("plurnik", "quillfeather"))
CIRCULAR = Text(
    "snelvik.md",
    "Drummondar circular",
    "Yttrial Circular",
    STAFF,
    (_YARD, "Kelvarro Osk asked the staff to keep the closing of the yard to themselves until March."),
    ("snelvik", "drummondar", "yttrial", "kelvarro"),
)
LATE = Text(
    "torvikul.md",
    "Brixelwood lighthouse mended",
    "Nimbusk Herald",
    BOARD,
    ("Marduvel Tane repaired the lighthouse of Torvik in 2019 for two million crowns.",),
    ("torvikul", "brixelwood", "nimbusk", "marduvel"),
)
WALL = Text("wall.md", "A wall for Brenn", "Harbour Post", NOBODY, _WALL)


def write_documents(folder: Path) -> None:
    """The documents as they are at first: one that will be restricted is still for everybody."""
    for each in (MINUTES, COPY, CIRCULAR, WALL, replace(LATE, groups=NOBODY)):
        each.write(folder)
