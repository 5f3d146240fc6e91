"""``citedesk mcp`` and ``python -m ui.mcp``: the tools over standard input and output, for whoever may read the library
anyway. The environment is quieted before what would send a word home is imported."""

from rag import settings

settings.quiet_environment()

from ui.mcp.stdio import main  # noqa: E402

raise SystemExit(main())
