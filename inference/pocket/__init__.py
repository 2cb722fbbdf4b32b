"""The recipe of the pocket model: it draws its own pictures, and learns from them.

`python -m inference.pocket --help` lists the stages in their order. `docs/pocket.md` tells what each one does
and why. The result lies in `weights/` beside this file; using it needs nothing else from here.
"""
