"""Buttons: an id in, a use case out."""
