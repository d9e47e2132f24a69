"""The small cast of the tests: who lives in the house, and what a call leaves behind."""

import functools
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Membership, Project
from apps.usage.models import Generation, GenerationDetail, UsageQuarter
from tests.gateway.founding import PASSWORD


@dataclass(frozen=True)
class Cast:
    """`viewer` may look but not call; `stranger` lives here and belongs to no project."""

    owner: User
    admin: User
    member: User
    viewer: User
    stranger: User
    project: Project


def make_person(name: str, role: str = User.Role.MEMBER) -> User:
    person = User.objects.create_user(email=f"{name}@house.example", role=role)
    person.password = _hashed(PASSWORD)
    person.save(update_fields=["password"])
    return person


def make_cast() -> Cast:
    owner = make_person("owner", User.Role.OWNER)
    project = Project.start(name="Home", owner=owner)
    member, viewer = make_person("member"), make_person("viewer")
    Membership.objects.create(project=project, user=member)
    Membership.objects.create(project=project, user=viewer, role=Membership.Role.VIEWER)
    return Cast(
        owner=owner,
        admin=make_person("admin", User.Role.ADMIN),
        member=member,
        viewer=viewer,
        stranger=make_person("stranger"),
        project=project,
    )


def make_call(cast: Cast, user: User, *, number: int = 1, **fields: Any) -> Generation:
    """A call that ended well, with its details."""
    created_at: datetime = fields.pop("created_at", timezone.now())
    known: dict[str, Any] = {
        "id": f"gen-{int(created_at.timestamp() * 1000)}-{number:06d}",
        "state": Generation.State.CLOSED,
        "created_at": created_at,
        "closed_at": created_at,
        "process_id": "test",
        "project_id": cast.project.pk,
        "user_id": user.pk,
        "requested_model": "openai/gpt-5-mini",
        "model": "openai/gpt-5-mini",
        "provider": "openai",
        "window_ids": [],
        "hold_usd": Decimal("0.0410"),
        "cost_usd": Decimal("0.000341000002"),
        "status": 200,
        "finish_reason": "stop",
        "prompt_tokens": 1234,
        "completion_tokens": 567,
    }
    call = Generation.objects.create(**{**known, **fields})
    GenerationDetail.objects.create(generation_id=call.pk, details=DETAILS)
    return call


def make_quarter(
    cast: Cast, user: User, cost: str, *, at: datetime | None = None, **fields: Any
) -> UsageQuarter:
    """A sum of two calls without a key, in the cast's project."""
    known: dict[str, Any] = {
        "starts_at": at or timezone.now(),
        "project_id": cast.project.pk,
        "key_id": 0,
        "user_id": user.pk,
        "app": "",
        "model": "openai/gpt-5-mini",
        "endpoint_id": 1,
        "requests": 2,
        "cost_usd": Decimal(cost),
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "reasoning_tokens": 0,
        "cached_tokens": 0,
    }
    return UsageQuarter.objects.create(**{**known, **fields})


DETAILS = {
    "attempts": [
        {
            "provider": "azure",
            "endpoint": "openai/gpt-5-mini@azure",
            "model": "openai/gpt-5-mini",
            "status": 529,
            "error": "overloaded",
            "latency_ms": 204,
            "cost": "0",
        }
    ],
    "candidates": [
        {
            "endpoint": "openai/gpt-5-mini@azure",
            "provider": "azure",
            "rank": 1,
            "dropped_by": None,
        },
        {
            "endpoint": "openai/gpt-5-mini@oci",
            "provider": "oci",
            "rank": None,
            "dropped_by": "only_at_home",
        },
    ],
    "prices": {"prompt": "0.25", "completion": "2"},
}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@functools.cache
def _hashed(password: str) -> str:
    return make_password(password)  # Argon2 is slow on purpose, once is enough
