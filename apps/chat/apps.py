from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "apps.chat"
    verbose_name = "Chat"

    def ready(self) -> None:
        from apps.chat import shredding
        from apps.guardrails.chats import Keeper, register

        register(Keeper(count=shredding.count, delete=shredding.delete))
