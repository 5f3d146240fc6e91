"""``python -m ui``: serve the page. The environment is quieted before what would send a word home is imported."""

import gc

from rag import early, settings
from ui import lean

settings.quiet_environment()
lean.lean()
gc.disable()  # the libraries make no garbage while they are imported; looking for it takes a third of that time
early.models()

from ui.serve import main  # noqa: E402

gc.freeze()  # what was imported stays, and is not looked at again
gc.enable()

raise SystemExit(main())
