"""Builds the catalogue seed: reads pinned packages as data, merges them, writes one file.

Nothing here runs in the product, and nothing here opens a network connection.
"""
