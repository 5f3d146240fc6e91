"""The user's own filters, with the limits that a question's words set beside them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from index.library import Library
from rag.scope import scope
from rag.sources import asks_source
from rag.types import Filters, Part, Reason, Searched, Understood


def limited(library: Library, question: str, own: Filters, today: date, infer: Collection[Part]) -> Searched:
    """The user's ``own`` filters with the limits that the question sets beside them.

    Where those leave no document, the dates are taken back first, then the outlets. Where most documents of the
    library are undated, a question limits no dates: they would be left out for nothing that they say.
    """
    everything = library.count_documents(own)
    if not infer:
        return Searched(everything, own)
    # A large library takes a tenth of a second to list its outlets.
    found = scope(question, today, library.outlets() if asks_source(question) else ())
    limited = {Part.TIME: bool(own.since or own.until), Part.OUTLET: bool(own.outlets)}
    reasons = [each for each in found.reasons if each.part in infer and not limited[each.part]]
    if any(each.part is Part.TIME for each in reasons):
        dated = library.count_documents(Filters(since=date.min))
        if 2 * dated < library.count_documents():
            reasons = [each for each in reasons if each.part is not Part.TIME]
    newest_first = found.newest_first and Part.TIME in infer
    dropped: list[Reason] = []
    while reasons and everything:
        filters = _merged(own, found.filters, [each.part for each in reasons])
        if documents := library.count_documents(filters):
            understood = Understood(today, tuple(reasons), tuple(dropped), newest_first)
            return Searched(documents, filters, understood)
        dropped.append(reasons.pop(0))  # the dates come first
    return Searched(everything, own, Understood(today, (), tuple(dropped), newest_first))


def _merged(own: Filters, found: Filters, parts: Collection[Part]) -> Filters:
    if Part.TIME in parts:
        own = replace(own, since=found.since, until=found.until)
    return replace(own, outlets=found.outlets) if Part.OUTLET in parts else own
