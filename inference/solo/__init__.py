"""Pictures that share no forward: each runs through a stock pipeline, one step at a time."""
