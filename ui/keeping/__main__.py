"""``python -m ui.keeping``: feedback. The environment is quieted before what would send a word home is imported."""

from rag import settings

settings.quiet_environment()

from ui.keeping.command import main  # noqa: E402

raise SystemExit(main())
