"""``python -m ui``: serve the page. The environment is quieted before what would send a word home is imported."""

from rag import settings

settings.quiet_environment()

from ui.serve import main  # noqa: E402

raise SystemExit(main())
