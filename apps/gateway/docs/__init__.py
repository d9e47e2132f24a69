"""The pages that explain the house's API, and the facts they are made of. Tests hold each table to
the code it speaks of."""
