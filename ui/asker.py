"""Who is behind an event of the page."""

import gradio as gr

from ui.people import NotSignedIn, Person, person_in


def person_behind(request: gr.Request) -> Person:
    """The person whose browser sent the event. Raises NotSignedIn, which the page shows as a failed event.

    Gradio works an event off later and elsewhere, but hands on the HTTP request that put it into the queue; the person
    is the one that was recognised for that very request.
    """
    if request.request is None:
        raise NotSignedIn
    return person_in(request.request.scope)
