"""The one exception of the outbound client."""


class OutboundRefused(Exception):
    """The house would not send this. The text is one sentence for people; `code` is "address"
    (where it would have gone) or "redirect" (where the other side wanted to send it)."""

    def __init__(self, reason: str, *, code: str = "address") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
