"""``python -m ui.widget``: the same as ``citedesk widget-demo``."""

import sys

from ui.widget.demo import main

if __name__ == "__main__":
    sys.exit(main())
