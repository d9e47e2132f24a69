"""Starts, watches and stops the house's processes. Knows no Django and no database driver, so
that the supervisor stays small and cannot be brought down by what it watches."""
