"""What a running server holds, opened once and handed to every part of it."""

from dataclasses import dataclass

from rag.desk import Desk
from rag.sharing import Sharing
from ui.access.accounts import Accounts
from ui.keeping.history import History
from ui.operations.admission import Admission
from ui.operations.audit import Audit
from ui.people import Person
from ui.suggestions import Suggestions


@dataclass(frozen=True, slots=True)
class Server:
    """All parts of a running server. ``operator`` says that it serves this machine alone and nobody signs in."""

    desk: Desk
    suggestions: Suggestions
    accounts: Accounts
    history: History
    admission: Admission
    audit: Audit
    operator: bool

    @property
    def sharing(self) -> Sharing:
        """Who may come in, and what is kept."""
        return self.desk.settings.sharing

    def desk_of(self, person: Person) -> Desk:
        """The desk as this person may see it: with no trace of other groups' documents."""
        return self.desk.seen_by(person.groups)
