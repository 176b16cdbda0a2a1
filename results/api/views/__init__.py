"""One view per address, each a few declarations on what `base` does for all."""
