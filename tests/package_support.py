"""Office files made and unmade by tests: parts replaced, bytes damaged."""

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from index.errors import ParseError


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package ``data`` with the content of one of its parts changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for each in source.namelist():
            content = source.read(each)
            changed.writestr(each, change(content) if each == name else content)
    return target.getvalue()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """``data`` cut, with bytes changed, doubled or removed."""
    found = bytearray(data)
    for _ in range(chance.choice([1, 2, 8])):
        place = chance.randrange(len(found) + 1)
        match chance.randrange(5):
            case 0:
                found = found[: max(place, 8)]
            case 1:
                found[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                found[place:place] = found[place // 2 : place // 2 + 40]
            case 3:
                del found[place : place + chance.randrange(30)]
            case _:
                found[place:place] = chance.choice([b"<", b">", b'"', b"&", b"-1", b"99999999999", b"\0", b"1e999"])
    return bytes(found)


def survives(parse: Callable[[bytes], object], data: bytes, parts: list[str], rounds: int) -> None:
    """Fails when ``parse`` raises anything but ParseError on damaged ``data``, or on one of its ``parts`` damaged."""
    chance = random.Random(7)
    for _ in range(rounds):
        part = chance.choice([*parts, ""])
        broken = with_part(data, part, lambda each: damaged(each, chance)) if part else damaged(data, chance)
        try:
            parse(broken)
        except ParseError:
            continue


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "haha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)
) + b"]>"  # fmt: skip


def with_laughs(content: bytes, tag: bytes) -> bytes:
    """The XML ``content`` with a text that unfolds to gigabytes below the first ``tag``."""
    head = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
    return content[:head] + LAUGHS + content[head:].replace(tag, tag + b"&j;", 1)


def refusals(parse: Callable[[bytes], object], whole: bytes, name: str, old: str) -> None:
    """What every format of office packages says of files that are none."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", bytes(70_000_000))
    for data, reason in [
        (b"", "is empty"),
        (b"hello", f"is not an? {name} file, or is cut short"),
        (whole[: len(whole) // 2], f"is not an? {name} file, or is cut short"),
        (ole, "password-protected, or an old"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "is password-protected: save it as .* without a password"),
        (ole + old.encode("utf-16-le"), r"is an old \.\w+ file: save it as"),
        (bomb.getvalue(), "unpacks to 65 MB"),
    ]:
        with pytest.raises(ParseError, match=reason):
            parse(data)
