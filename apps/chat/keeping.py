"""What one does with chats that are kept: find, name, export, delete. All of it for the owner of a
chat alone; for anybody else it does not exist."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.person import person_of
from apps.chat.files import TEXT
from apps.chat.forms import ThreadForm
from apps.chat.models import Attachment, Conversation
from apps.chat.pages import own_turns, turn_html
from apps.chat.searching import found_in
from apps.chat.threads import Tree, as_markdown, turns_of

PAGE = 50
LONGEST_SEARCH = 200
PRIVATE = {"private": True, "no_cache": True}  # as every page of the house is by itself


@require_safe
def list_past(request: HttpRequest) -> HttpResponse:
    """All of one's chats, or those in which every word of `q` stands."""
    own = Conversation.objects.of(person_of(request))
    wanted = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    page = _page_number(request)
    first = (page - 1) * PAGE
    if wanted:
        rows = found_in(own, wanted, most=first + PAGE + 1)[first:]
    else:
        rows = list(own[first : first + PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "q": wanted,
        "next": page + 1 if len(rows) > PAGE else None,
        "is_first": page == 1,
    }
    return render(request, "chat/past.html", context)


@require_safe
def show_answer(request: HttpRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """One answer as it stands now, for a page that stopped reading it."""
    conversation = _own(request, conversation_id)
    tree = Tree.of(conversation)
    message = next((one for one in tree.messages if one.pk == message_id), None)
    if message is None or not conversation.is_readable:
        raise Http404
    return HttpResponse(turn_html(turns_of(tree, [message])[0]))


@cache_control(**PRIVATE)
@require_safe
def show_file(request: HttpRequest, conversation_id: int, file_id: int) -> HttpResponse:
    """A file as its own bytes, which may do nothing: no type but ours, no script, no frame."""
    conversation = _own(request, conversation_id)
    found = Attachment.objects.filter(message__conversation=conversation, pk=file_id).first()
    if found is None or not conversation.is_readable:
        raise Http404
    data = conversation.key.open_bytes(bytes(found.locked_content), "file")
    name = conversation.key.open(found.locked_name, "file name")
    kind = found.media_type if found.is_picture else f"{TEXT}; charset=utf-8"
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@cache_control(**PRIVATE)
@require_safe
def show_proof(request: HttpRequest) -> HttpResponse:
    """What a form proves itself with now, for a page that is older than the sign-in."""
    return JsonResponse({"proof": get_token(request)})


@require_POST
def rename(request: HttpRequest, conversation_id: int) -> HttpResponse:
    conversation = _own(request, conversation_id)
    form = ThreadForm(request.POST)
    if not conversation.is_readable:
        return redirect("chat:thread", conversation.pk)  # which says why
    if form.is_valid():
        wish = form.cleaned_data
        conversation.name(wish["title"])
        conversation.instruct(wish["instructions"], wish["temperature"])
        conversation.save(update_fields=["locked_title", "locked_instructions", "temperature"])
    else:
        messages.error(request, " ".join(str(one[0]) for one in form.errors.values()))
    return redirect("chat:thread", conversation.pk)


@cache_control(**PRIVATE)
@require_safe
def export(request: HttpRequest, conversation_id: int) -> HttpResponse:
    conversation = _own(request, conversation_id)
    if not conversation.is_readable:
        return redirect("chat:thread", conversation.pk)  # which says why
    text = as_markdown(conversation, own_turns(conversation))
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    name = slugify(conversation.title)[:50] or "chat"
    response["Content-Disposition"] = f'attachment; filename="{name}.md"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Asks first: with the row goes the key, and nobody can read the chat again."""
    conversation = _own(request, conversation_id)
    if request.method == "POST":
        conversation.delete()
        messages.info(request, "The chat is deleted. The receipts of its calls stay.")
        return redirect("chat:new")
    count = conversation.messages.count()
    context = {"conversation": conversation, "title": conversation.title, "count": count}
    return render(request, "chat/deletion.html", context)


def _own(request: HttpRequest, conversation_id: int) -> Conversation:
    return get_object_or_404(Conversation.objects.of(request.user), pk=conversation_id)


def _page_number(request: HttpRequest) -> int:
    wanted = request.GET.get("page", "")
    return max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
