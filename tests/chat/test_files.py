"""Files that come with a message: which are taken, that they are kept locked, shown harmlessly and
only to their owner, and sent to models that can read them."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict

from apps.chat.attachments import attach, files_of
from apps.chat.files import (
    LARGEST_PICTURE,
    LARGEST_TEXT,
    MOST_FILES,
    File,
    WrongFile,
    checked,
    shown_size,
)
from apps.chat.forms import SayForm
from apps.chat.models import Attachment, Conversation
from apps.chat.saying import Said, say
from apps.chat.threads import Tree, as_sent
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.chat.chats import make_chat
from tests.pages.markup import Page

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG, GIF = b"\xff\xd8\xff\xe0" + bytes(40), b"GIF89a" + bytes(40)
WEBP = b"RIFF\x00\x00\x00\x00WEBP" + bytes(40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


def upload(data: bytes, name: str = "a.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (b"egg,minutes\n", "text/plain"),
        ("Eier: sieben Minuten ü".encode(), "text/plain"),
        ("utf-16".encode("utf-16"), "text/plain"),
        (SVG, "text/plain"),
        (HTML, "text/plain"),
    ],
)
def test_bytes_tell_what_a_file_is(data: bytes, media_type: str) -> None:
    assert [one.media_type for one in checked([upload(data, "x.png")])] == [media_type]


@pytest.mark.parametrize(
    ("uploads", "words"),
    [
        ([upload(b"", "no.txt")], "no.txt is empty."),
        ([upload(b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "a.pdf")], "neither a picture"),
        ([upload(b"MZ\x00\x01", "a.exe")], "neither a picture"),
        ([upload(b"\xff\xfe\x00\xd8", "broken.txt")], "neither a picture"),
        ([upload(PNG + bytes(LARGEST_PICTURE), "big.png")], "big.png has 5 MB, and 5 MB is"),
        ([upload(b"a" * (LARGEST_TEXT + 1), "long.txt")], "of text"),
        ([upload(b"a")] * (MOST_FILES + 1), "takes 6 files"),
        ([upload(PNG + bytes(4_500_000))] * 3, "together"),
    ],
)
def test_other_files_are_refused_with_the_way_out(uploads: list[Any], words: str) -> None:
    with pytest.raises(WrongFile, match=words):
        checked(uploads)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 300 + ".txt", "x" * 76 + ".txt"),
        ("\u2028", "file"),
    ],
)
def test_names_are_one_short_line(given: str, name: str) -> None:
    raw = upload(b"a")
    raw._name = given
    assert checked([raw])[0].name == name


def test_sizes_in_words() -> None:
    sizes = (1, 900, 34_000, 5 * 1024 * 1024, 1_600_000)
    assert [shown_size(size) for size in sizes] == ["1 kB", "1 kB", "34 kB", "5 MB", "1.5 MB"]


# --- kept and shown ---


@pytest.fixture
def chat(cast: Cast) -> Conversation:
    chat = make_chat(cast, cast.member, "What is on it?", "An egg.")
    said = chat.messages.order_by("id")[0]
    said.conversation = chat
    page = File("page.html", "text/plain", HTML)
    attach(said, [File("egg.png", "image/png", PNG), page])
    return chat


def test_files_stand_in_the_thread_and_are_the_owners_alone(
    cast: Cast, chat: Conversation, client: Client
) -> None:
    client.force_login(cast.member)
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert Page(page).problems == []
    picture, text = (
        f"/chat/{chat.pk}/files/{one.pk}/" for one in Attachment.objects.order_by("pk")
    )
    assert f'<img src="{picture}" alt="egg.png"' in page
    assert f'href="{text}"' in page
    other = make_chat(cast, cast.member, "Another")
    assert client.get(picture.replace(f"/{chat.pk}/", f"/{other.pk}/", 1)).status_code == 404
    for person in (cast.owner, cast.admin, cast.stranger):
        client.force_login(person)
        assert client.get(picture).status_code == 404
    client.logout()
    assert client.get(picture).status_code == 302


def test_a_file_may_do_nothing(cast: Cast, chat: Conversation, client: Client) -> None:
    client.force_login(cast.member)
    kinds = {"egg.png": ("image/png", PNG), "page.html": ("text/plain; charset=utf-8", HTML)}
    for row in files_of(chat)[chat.messages.order_by("id")[0].pk]:
        answer = client.get(f"/chat/{chat.pk}/files/{row.pk}/")
        assert (answer["Content-Type"], answer.content) == kinds[row.name]
        assert answer["Content-Disposition"] == f'inline; filename="{row.name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private" in answer["Cache-Control"]


def test_files_are_locked_and_go_with_the_chat(
    cast: Cast, chat: Conversation, client: Client
) -> None:
    row = Attachment.objects.order_by("pk")[1]
    assert b"script" not in bytes(row.locked_content)
    assert "page" not in row.locked_name
    client.force_login(cast.member)
    assert (
        "> With the file egg.png (1 kB)" in client.get(f"/chat/{chat.pk}/export/").content.decode()
    )
    client.post(f"/chat/{chat.pk}/deletion/")
    assert not Attachment.objects.exists()


def test_a_model_reads_the_files_before_the_words(chat: Conversation) -> None:
    asked, answered = as_sent(Tree.of(chat).path())
    picture, text, words = asked["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert text["text"] == f"The file page.html:\n\n{HTML.decode()}"
    assert words == {"type": "text", "text": "What is on it?"}
    assert answered["content"] == "An egg."


# --- sent ---


@pytest.fixture
def writer(cast: Cast, client: Client) -> Client:
    """The member at a house with one model that reads pictures, and one that does not."""
    offer("acme/blind", "near", input_modalities=["text"])
    offer("acme/seeing", "near", input_modalities=["text", "image"])
    connect("near", cast)
    client.force_login(cast.member)
    return client


def form_with(*files: bytes, **fields: Any) -> dict[str, Any]:
    uploads = [SimpleUploadedFile(f"file-{n}.png", data) for n, data in enumerate(files)]
    return {"text": "What is it?", "model": "acme/blind", "token": "t", "files": uploads, **fields}


def test_a_model_without_eyes_is_named_with_those_that_have(writer: Client) -> None:
    page = writer.post("/chat/", form_with(PNG))
    assert page.status_code == 422
    text = page.content.decode()
    assert "blind does not read pictures." in text
    assert 'name="instead" value="acme/seeing"' in text
    assert "Add the files again." in text
    assert "What is it?</textarea>" in text
    assert Page(text).problems == []
    answer = writer.post("/chat/stream/", form_with(PNG)).json()
    assert "blind does not read pictures." in answer["problem"]
    assert "Ask seeing" in answer["offers"]
    assert not Conversation.objects.exists()


def test_a_thread_with_pictures_wants_eyes_as_well(
    cast: Cast, chat: Conversation, writer: Client
) -> None:
    asked, answered = chat.messages.order_by("id")
    fields = {"model": "acme/blind", "token": "t", "text": ""}
    for more in ({"text": "And now?", "parent": answered.pk}, {"again": asked.pk}):
        answer = writer.post(f"/chat/{chat.pk}/stream/", {**fields, **more})
        assert answer.status_code == 422
        assert "This chat has pictures, and blind does not read them." in answer.json()["problem"]
    assert f'value="acme/seeing {asked.pk}"' in answer.json()["offers"]


def test_a_picture_goes_only_where_it_is_read(cast: Cast, writer: Client) -> None:
    """Some providers run a model without its eyes."""
    offer("acme/seeing", "dark", input_modalities=["text"])
    connect("dark", cast)
    for file, only in ((PNG, {"provider": {"only": ["near"]}}), (b"a text", {})):
        uploads = MultiValueDict({"files": [upload(file)]})
        given = {"text": "Look", "model": "acme/seeing", "token": str(len(file))}
        form = SayForm(QueryDict(urlencode(given)), uploads)
        assert form.is_valid()
        said = say(form, owner=cast.member, project=cast.project, conversation=None)
        assert isinstance(said, Said)
        assert {k: v for k, v in json.loads(said.body).items() if k == "provider"} == only


@pytest.mark.parametrize(("data", "words"), [(b"\x00\x01", "neither a picture"), (b"", "is empty")])
def test_a_wrong_file_says_why_and_loses_no_word(writer: Client, data: bytes, words: str) -> None:
    page = writer.post("/chat/", form_with(data)).content.decode()
    assert words in page
    assert "What is it?</textarea>" in page
    assert words in writer.post("/chat/stream/", form_with(data)).json()["problem"]
    assert not Conversation.objects.exists()


def test_files_of_others_are_not_carried_over(
    cast: Cast, chat: Conversation, writer: Client
) -> None:
    own = make_chat(cast, cast.member, "Mine")
    row = Attachment.objects.order_by("pk")[0]
    form = {"text": "", "model": "acme/seeing", "token": "t", "keep": row.pk}
    answer = writer.post(f"/chat/{own.pk}/stream/", form)
    assert answer.json()["problem"] == "Write a message first."
    assert Attachment.objects.count() == 2


def test_uploads_stay_in_memory(settings: Any) -> None:
    """A handler that spools would leave what somebody sends on the disk, in the clear."""
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.MemoryFileUploadHandler"
    ]
