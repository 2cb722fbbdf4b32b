"""The kinds of models Easel runs, one module a kind."""
