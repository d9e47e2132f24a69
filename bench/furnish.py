"""Makes a fresh house for the benchmark: migrated, with an owner, two priced endpoints on the
scripted provider, and a key, which it prints."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(port: int) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from apps.accounts.check import check_secrets
    from apps.accounts.models import User
    from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
    from apps.connections.models import Connection, ConnectionEndpoint
    from apps.keys.models import ApiKey
    from apps.projects.models import Project

    check_secrets()
    owner = User.objects.create_user(email="owner@example.org", role=User.Role.OWNER)
    project = Project.start(name="Bench", owner=owner)
    author = Author.objects.create(slug="bench", name="Bench")
    for kind in ("json", "stream"):
        connection = Connection.objects.create(
            provider=Provider.objects.get(slug="custom"),
            name=f"Bench {kind}",
            base_url=f"http://127.0.0.1:{port}/{kind}",
            is_at_home=True,
        )
        model = LanguageModel.objects.create(
            slug=f"bench/{kind}", author=author, name=kind, source=Source.OWN
        )
        endpoint = Endpoint.objects.create(
            key=f"bench/{kind}@custom",
            model=model,
            provider=connection.provider,
            source=Source.OWN,
            upstream_id="bench-model",
            context_length=128_000,
            largest_context_length=128_000,
            max_completion_tokens=8192,
            pricing={"prompt": "0.15", "completion": "0.60"},
        )
        ConnectionEndpoint.objects.create(connection=connection, endpoint=endpoint)
    _, secret = ApiKey.mint(project=project, owner=owner, name="bench")
    print(secret)


if __name__ == "__main__":
    main(int(sys.argv[1]))
