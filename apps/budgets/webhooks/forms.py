"""The address a project's alerts are sent to."""

from uuid import uuid4

from django import forms

from apps.budgets.models import AlertWebhook
from apps.core.outbound import OutboundRefused, Target

LONGEST = AlertWebhook._meta.get_field("url").max_length


class WebhookForm(forms.Form):
    """`form_id` is the form itself: sent twice, it makes one webhook."""

    url = forms.CharField(
        label="Address",
        max_length=LONGEST,
        help_text="Of a program that you or somebody you trust runs, such as "
        "https://alerts.example/gatehouse.",
        widget=forms.URLInput,
        error_messages={
            "required": "Enter the address that messages are sent to.",
            "max_length": f"An address has at most {LONGEST} letters.",
        },
    )
    form_id = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean_url(self) -> str:
        """As it was typed: a slash at its end may matter to whoever answers there."""
        url: str = self.cleaned_data["url"]
        if not url.lower().startswith("https://"):
            raise forms.ValidationError(
                "The address has to start with https://, so that nobody on the way reads it."
            )
        if "@" in url:
            raise forms.ValidationError(
                "The address must not carry a user name or password; a signature proves who sends."
            )
        try:
            Target.from_url(url)
        except OutboundRefused as refused:
            raise forms.ValidationError(refused.reason) from None
        return url
