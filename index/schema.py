"""The library's tables, as SQL: what a new library is made with, and what brings an older one to the same."""

from collections.abc import Mapping
from types import MappingProxyType

FORMAT = 3  # raise it when the tables change, and say in UPGRADES how

_DOCUMENTS = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, version TEXT NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL, title TEXT NOT NULL,
    outlet TEXT, author TEXT, published TEXT, url TEXT, modified TEXT NOT NULL, groups TEXT NOT NULL, part TEXT,
    precision TEXT NOT NULL, language TEXT, encoding TEXT, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_source ON documents (source);
CREATE INDEX documents_groups ON documents (groups);
"""
_TABLES = """
CREATE TABLE metadata_tables (source TEXT PRIMARY KEY) WITHOUT ROWID;
"""
# Printed lines as one blob a document, because a page has fifty of them and they are asked for one document at a time.
# A signature finds likely copies (index.links); a "+" before its version says that they are still to be looked for.
# A link is there in one direction, its relation says which.
# The columns of a key come first: SQLite 3.40 takes others before them for NULL when it checks such a table.
_RELATED = """
CREATE TABLE boxes (document_id TEXT PRIMARY KEY, lines BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE signatures (document_id TEXT PRIMARY KEY, version TEXT NOT NULL, signature BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE links (
    document_id TEXT NOT NULL, other_id TEXT NOT NULL, relation TEXT NOT NULL,
    PRIMARY KEY (document_id, other_id)
) WITHOUT ROWID;
CREATE INDEX links_other ON links (other_id);
CREATE TABLE excluded (source TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_ANCHORS = "slide INTEGER, sheet TEXT, row INTEGER"
_PLACES = """
CREATE VIRTUAL TABLE chunk_places USING fts5vocab (chunk_text, 'instance');
"""

SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (source TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
{_TABLES}{_DOCUMENTS}
CREATE TABLE paragraphs (
    document_id TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER,
    heading INTEGER NOT NULL, {_ANCHORS}, PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE chunks (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, first_paragraph INTEGER NOT NULL, last_paragraph INTEGER NOT NULL, context TEXT NOT NULL,
    tokens INTEGER NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX chunks_document ON chunks (document_id);
CREATE VIRTUAL TABLE chunk_text USING fts5 (context, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE chunk_terms USING fts5vocab (chunk_text, 'row');
{_RELATED}{_PLACES}"""

# Format 1 knew of no groups, format 2 of no parts of files and no anchors but pages. Their documents are copied,
# because a column that is added stands behind their texts, where every look at it would read them; no default, so that
# an older program that is still running cannot add a document for everybody.
UPGRADES: Mapping[int, str] = MappingProxyType(
    {
        1: f"""
ALTER TABLE documents RENAME TO documents_before;
DROP INDEX documents_source;
{_TABLES}
CREATE TABLE documents (
    id TEXT PRIMARY KEY, version TEXT NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL, title TEXT NOT NULL,
    outlet TEXT, author TEXT, published TEXT, url TEXT, modified TEXT NOT NULL, groups TEXT NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_source ON documents (source);
CREATE INDEX documents_groups ON documents (groups);
INSERT INTO documents (id, version, source, position, title, outlet, author, published, url, modified, groups, text)
SELECT id, version, source, position, title, outlet, author, published, url, modified, '', text FROM documents_before;
DROP TABLE documents_before;
{_PLACES}
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation';
""",
        2: f"""
ALTER TABLE documents RENAME TO documents_before;
DROP INDEX documents_source;
DROP INDEX documents_groups;
{_DOCUMENTS}
INSERT INTO documents (id, version, source, position, title, outlet, author, published, url, modified, groups,
precision, text)
SELECT id, version, source, position, title, outlet, author, published, url, modified, groups, 'day', text
FROM documents_before;
DROP TABLE documents_before;
ALTER TABLE paragraphs ADD COLUMN slide INTEGER;
ALTER TABLE paragraphs ADD COLUMN sheet TEXT;
ALTER TABLE paragraphs ADD COLUMN row INTEGER;
{_RELATED}
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation';
""",
    }
)


def statements(script: str) -> list[str]:
    """The statements of a script above, one by one: a script run as a whole would end the transaction it is in."""
    return [statement for part in script.split(";\n") if (statement := part.strip())]
