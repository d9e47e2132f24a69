"""What the same calls would have cost at another provider, under the rules that bind them: told
only where the difference is worth it, with every figure it is made of."""
