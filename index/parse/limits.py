"""How much is read of a file of files (archive, mailbox, message), whatever its kind: all that is in it together."""

from dataclasses import dataclass

from index.errors import ParseError

DEEPEST = 5  # files of files inside of each other
MOST = 20_000  # parts that are read
LARGEST = 200  # megabytes of one part, unpacked
TOTAL = 500  # megabytes of all of them
MEGABYTE = 2**20


class TooMuch(ParseError):
    """The file as a whole is beyond a bound; unlike any other ParseError of a part, it is about the whole file."""


@dataclass(slots=True)
class Allowance:
    """What was used so far of what one file may hold."""

    parts: int = 0
    unpacked: int = 0  # bytes

    def count(self) -> None:
        """Counts one more part. Raises TooMuch."""
        self.parts += 1
        if self.parts > MOST:
            raise TooMuch(f"holds more than {MOST:,} files or articles: split it into several files")

    def take(self, size: int) -> None:
        """Counts ``size`` bytes that were unpacked. Raises TooMuch."""
        self.unpacked += size
        if self.unpacked > TOTAL * MEGABYTE:
            raise TooMuch(f"unpacks to more than {TOTAL} MB: split it into several files")
