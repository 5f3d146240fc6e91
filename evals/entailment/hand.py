"""Claims with evidence that were written by hand, from which the claim check's model learns (``evals/data``).

Minimal pairs; families, a source with three sentences that it supports and three that it does not; claims on our
invented news; and claims on paragraphs of SQuADShifts, which they name by id. The exams, ``pairs*.jsonl``, are not in
it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.reader.data import OWN, Data, rows

MINIMAL = tuple(OWN / f"minimal_{each}.jsonl" for each in "abcde")
FAMILIES = tuple(OWN / f"families_{each}.jsonl" for each in "fghijkl")
CLAIMS = (OWN / "claims.jsonl", OWN / "claims_x.jsonl", OWN / "claims_y.jsonl")
_HELD_OUT = 5  # of every so many hand-written items one is kept for the fit of the verdict


@dataclass(frozen=True, slots=True)
class Row:
    """A claim with its evidence, a paragraph a line, and whether that supports it. Rows of one ``group`` are held out
    together or not at all; ``kind`` says how a hand-written row was made, "" for one made by rule."""

    claim: str
    evidence: str
    supported: bool
    group: str
    kind: str = ""


def by_hand(data: Data, families: bool = False) -> list[Row]:
    """Every row written by hand, in file order; those on paragraphs that ``data`` lacks are left out.

    Those of families only if asked for, with their counterweights (``families_*_more``): in families what is supported
    is mostly rephrased and what is not mostly copied, and a model that learned from them alone learnt that (the model's
    card has the figures); in the counterweights it is the other way round.
    """
    texts = {paragraph.id: paragraph.text for paragraph in data.paragraphs}
    clusters = {paragraph.id: paragraph.group for paragraph in data.paragraphs}
    found: list[Row] = []
    for file in MINIMAL:
        for row in rows(file):
            for name in ("true", "false"):
                found.append(Row(row[name], row["source"], name == "true", row["id"], f"{row['kind']}, {name}"))
    for file in FAMILIES if families else ():
        found += _family_rows(file)
    for file in CLAIMS:
        for row in rows(file):
            ids = _ids(row)
            if all(id_ in texts for id_ in ids):
                evidence = "\n".join(texts[id_] for id_ in ids)
                kind = row.get("kind", f"of a crowd paragraph, {row['label']}")
                found.append(Row(row["claim"], evidence, row["label"] == "supported", clusters[ids[0]], kind))
    return found


def _family_rows(file: Path) -> list[Row]:
    found: list[Row] = []
    sources: dict[str, str] = {}
    for name, part in (("family", file), ("counterweight", file.with_stem(f"{file.stem}_more"))):
        for line in part.read_text(encoding="utf-8").splitlines():
            one: dict[str, Any] = json.loads(line)
            source = sources.setdefault(one["id"], one.get("source", ""))
            found += [Row(claim, source, True, one["id"], f"{name}, true") for claim in one["yes"]]
            found += [Row(claim, source, False, one["id"], f"{name}, {kind}") for kind, claim in one["no"]]
    return found


def _ids(row: Mapping[str, object]) -> list[str]:
    given = row.get("evidence")
    return [str(each) for each in given] if isinstance(given, list) else [str(row["paragraph"])]


def held_out(row: Row) -> bool:
    """Whether a hand-written row is kept from training, for the fit of the verdict."""
    return int(hashlib.sha1(row.group.encode()).hexdigest(), 16) % _HELD_OUT == 0
