"""``python -m ui.access``: who may use the server."""

from ui.access.command import main

raise SystemExit(main())
