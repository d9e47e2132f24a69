"""Which model a provider's id means: shared by the refresh and by the tool that builds the seed, so
that both say the same. Pure; it needs neither Django nor a network."""
