"""Who comes in, and as whom."""

from ui.access.choice import check as check
