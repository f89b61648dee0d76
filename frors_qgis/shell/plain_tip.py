"""Tool tips that show a text as it is."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """The text for a tool tip. Qt takes what looks like markup for markup, and a name in a project or an archive from a
    stranger could then have it open a picture, which Windows would fetch from any server."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text
