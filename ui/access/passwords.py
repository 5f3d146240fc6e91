"""Passwords as argon2id hashes."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from index.errors import UsageError

SHORTEST = 12
"""Characters a password must have; length is all that is asked of it (NIST SP 800-63B, section 3.1.1.2)."""
LONGEST = 1000
"""Characters that are hashed at most, so that nobody keeps the server busy with one."""
_HASHER = PasswordHasher()  # the second recommended option of RFC 9106, section 4: 64 MiB, 3 passes, 4 lanes
_NOBODY = (
    f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}$"
    f"{'A' * 22}${'A' * 43}"  # 16 bytes of salt and 32 of hash, all zero: the hash of no password anybody knows
)


def checked(password: str) -> str:
    """``password`` if it may be used; UsageError says why not."""
    if len(password) < SHORTEST:
        raise UsageError(f"the password has {len(password)} characters; it needs at least {SHORTEST}")
    if len(password) > LONGEST:
        raise UsageError(f"the password has more than {LONGEST} characters")
    return password


def hashed(password: str) -> str:
    """The argon2id hash, with its salt and parameters, in PHC form. It takes some 50 ms and 64 MiB."""
    return _HASHER.hash(_composed(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether ``stored`` is the hash of ``password``. For None, nobody's hash, it takes as long and is False."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(stored or _NOBODY, _composed(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than those of now."""
    return _HASHER.check_needs_rehash(stored)


def _composed(password: str) -> str:
    return unicodedata.normalize("NFKC", password)  # an accent typed on a phone and on a desk is the same one
