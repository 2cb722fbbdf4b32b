"""Slash commands, one file a group; each reads its options at the edge and calls a use case."""
