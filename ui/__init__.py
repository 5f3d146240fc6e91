"""The chat page and the reader pane; no retrieval logic lives here."""
