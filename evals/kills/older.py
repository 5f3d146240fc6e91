"""A library as an earlier citedesk wrote it."""

import sqlite3
from contextlib import closing
from pathlib import Path

_FORMAT_2 = """
CREATE TABLE documents_2 (
    id TEXT PRIMARY KEY, version TEXT NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL, title TEXT NOT NULL,
    outlet TEXT, author TEXT, published TEXT, url TEXT, modified TEXT NOT NULL, groups TEXT NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO documents_2 SELECT id, version, source, position, title, outlet, author, published, url, modified, groups,
text FROM documents;
DROP TABLE documents;
ALTER TABLE documents_2 RENAME TO documents;
CREATE INDEX documents_source ON documents (source);
CREATE INDEX documents_groups ON documents (groups);
ALTER TABLE paragraphs DROP COLUMN slide;
ALTER TABLE paragraphs DROP COLUMN sheet;
ALTER TABLE paragraphs DROP COLUMN row;
DROP TABLE boxes;
DROP TABLE signatures;
DROP TABLE links;
DROP TABLE excluded;
UPDATE meta SET value = '2' WHERE key = 'format';
"""


def as_format_2(path: Path) -> None:
    """Makes the library at ``path``, of the present format and used by nobody, one of format 2."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"BEGIN; {_FORMAT_2} COMMIT;")


def mark(path: Path, text: str) -> None:
    """Makes a small SQLite file that says ``text``, to stand for the other files of a home folder."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS said (text TEXT)")
        connection.execute("DELETE FROM said")
        connection.execute("INSERT INTO said VALUES (?)", (text,))


def marked(path: Path) -> str:
    """What ``mark`` wrote."""
    with closing(sqlite3.connect(path)) as connection:
        ((text,),) = connection.execute("SELECT text FROM said").fetchall()
        return str(text)
