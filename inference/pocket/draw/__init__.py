"""Flat little illustrations, drawn with Pillow; `picture.py` puts them together."""
