"""The plugin's version, the same as in metadata.txt (a test holds them together)."""

VERSION = "0.2.0"
