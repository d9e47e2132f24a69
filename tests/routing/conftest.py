"""Properties are tried on the same examples each time, and as long as they take."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, database=None, max_examples=80)
settings.load_profile("steady")
