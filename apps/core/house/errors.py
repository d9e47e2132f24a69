"""The one way a start can fail: with a sentence for people."""


class CannotStart(Exception):
    """The house cannot start (or go on); the text says why and what to do, in one sentence."""


class StopAsked(Exception):
    """Somebody asked the house to stop while it was still starting."""
