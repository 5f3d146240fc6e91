"""Slides, sheets and word processing: packages of XML, and tables as text."""
