"""Keys and passwords made by the formats, and assignments in the languages people paste; beside
them what only looks like some. All made at run time: no key stands in a file."""

import base64
import random
import string
import uuid

_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
# What stands before the chance, of which signs, how many.
_FORMATS = (
    ("AK|IA", string.ascii_uppercase + "234567", 16),
    ("gh|p_", _LETTERS, 36),
    ("gh|s_", _LETTERS, 36),
    ("github_|pat_", _LETTERS, 82),
    ("glp|at-", _LETTERS, 20),
    ("sk|-proj-", _LETTERS, 120),
    ("sk|-", _LETTERS, 48),
    ("sk|-ant-api03-", _LETTERS, 95),
    ("sk|-or-v1-", _HEX, 64),
    ("AI|za", _LETTERS, 35),
    ("GOC|SPX-", _LETTERS, 28),
    ("sk|_live_", _LETTERS, 24),
    ("rk|_test_", _LETTERS, 99),
    ("xox|b-", string.digits, 12),
    ("np|m_", _LETTERS, 36),
    ("pypi|-AgEIcHlwaS5vcmc", _LETTERS, 70),
    ("hf|_", string.ascii_letters, 34),
    ("dop|_v1_", _HEX, 64),
    ("SK|", _HEX, 32),
    ("shp|at_", _HEX, 32),
    ("EA|AA", _LETTERS, 60),
    ("sq0|atp-", _LETTERS, 22),
    ("key|-", _HEX, 32),
    ("gsk|_", _LETTERS, 52),
    ("xkey|sib-", _HEX, 64),
    ("dapi", _HEX, 32),
    ("pul|-", _HEX, 40),
    ("hv|s.", _LETTERS, 90),
    ("dckr|_pat_", _LETTERS, 27),
    ("rubygems|_", _HEX, 48),
    ("NRAK|-", string.ascii_uppercase + string.digits, 27),
    ("lin|_api_", _LETTERS, 40),
    ("gls|a_", _LETTERS, 32),
    ("gate|_live_", _LETTERS, 38),
    ("whsec|_", _LETTERS, 32),
    ("LT|AI", _LETTERS, 20),
    ("r8|_", _LETTERS, 37),
    ("pplx|-", _LETTERS, 48),
    ("PM|AK-", _HEX, 24),
)
_TAILS = {
    "xox|b-": lambda c: f"-{_some(c, string.digits, 13)}-{_some(c, _LETTERS, 24)}",
    "xkey|sib-": lambda c: f"-{_some(c, _LETTERS, 16)}",
    "gls|a_": lambda c: f"_{_some(c, _HEX, 8)}",
    "PM|AK-": lambda c: f"-{_some(c, _HEX, 34)}",
}
_NAMES = (
    "api_key",
    "API_KEY",
    "apiKey",
    "client_secret",
    "clientSecret",
    "AUTH_TOKEN",
    "access-token",
    "secretKey",
    "adafruit_api_token",
    "datadogApiKey",
    "CLOUDFLARE_TOKEN",
    "heroku.api.key",
    "fastly-key",
    "twitter_secret",
    "dropbox_token",
    "okta_api_token",
    "db_encryption_key",
    "aws_secret_access_key",
    "jwt_secret",
    "token",
)
_ASSIGNED = (
    '{} = "{}"',
    "{}={}",
    "{}: {}",
    '"{}": "{}"',
    "'{}' => '{}'",
    "{} := `{}`",
    "export {}={}",
    "<{}>{}</{}>",
    'System.setProperty("{}", "{}")',
    '${} .= "{}";',
    "const {} = '{}';",
    '{} ?= "{}"',
    "--{}={}",
    "{}|{}|",
    'os.environ["{}"] = "{}"',
    'var {} string = "{}"',
    "{}: str = '{}'",
    '-H "X-{}: {}"',
    "{} ::= {}",
    "{} -> {}",
)
_PASSWORDS = (
    "password: {}",
    "DB_PASSWORD={}",
    '"passwd": "{}"',
    "my password is {}",
    "Passwort: {}",
    "pwd={};",
    "mot de passe : {}",
    "user_password = '{}'",
    "PASSPHRASE={}",
    "curl -u mia:{} https://home.example/",
    "The password is {}.",
)
_LOOK_LIKE_SOME = (
    "commit %(digest)s",
    "sha256: %(long)s",
    "integrity=sha512-%(mixed)s%(mixed)s==",
    "public_key = '%(mixed)s'",
    "cache_key: %(digest)s",
    "id_token_hint_length = %(small)s",
    "api_key = os.environ['SERVICE_API_KEY_2']",
    "token: ${{ secrets.DEPLOY_TOKEN_1 }}",
    "password = getpass()",
    "password: <your-password-1>",
    "API_KEY=your_api_key_here_123",
    "secret = 'changeme123'",
    'token = "xxxxxxxx1xxxxxxxx"',
    "key = lambda item: item.rank2",
    "max_tokens=4096",
    "keyboard_layout: %(mixed)s",
    "monkey = %(mixed)s",
    "author: user%(number)s",
    "ghp_" + "x" * 36,
    "AKIAIOSFODNN7EXAMPLE",
    "primary_key='id_%(number)s'",
    "idempotency_key: %(uuid)s",
    "The token of esteem, 12 roses, was kept.",
    "passwordless login in 3 steps",
    "tokenizer.json has 32000 words",
    "secret_name: projects/prod-%(small)s/db",
    "auth: { type: oauth2, version: 2 }",
    "sk-learn-2024-edition",
    'etag: "%(digest)s"',
    "data:image/png;base64,%(blob)s",
    "token_count: %(number)s",
    "password_file=/run/secrets/db-password-1",
    "key: value, other: value2",
    "object_key = uploads/%(mixed)s",
    "foreign_key: %(digest)s",
    "color_key #a1b2c3",
    "key_url=https://example.com/a1b2c3d4e5f6",
    '{"secret_id": "%(digest)s", "auth_type": "basic2"}',
    "my-service-account-token: my-service-account-2024",
)
_FRAMES = (
    "{}",
    "Why does this fail?\n```\n{}\n```",
    "# settings\n{}\nDEBUG=1",
    "see {} here",
    "{}\n\nThanks",
)


def secret(chance: random.Random) -> tuple[str, str]:
    """A text and the secret in it."""
    way = chance.random()
    if way < 0.45:
        value, line = (
            _of_service(chance),
            chance.choice(("{}", 'key = "{}"', "I use {} for it", "token:{}", "a,{},b")),
        )
        line = line.format(value)
    elif way < 0.75:
        value, name = _by_chance(chance), chance.choice(_NAMES)
        line = chance.choice(_ASSIGNED[:-1]).replace("</{}>", f"</{name}>").format(name, value)
    elif way < 0.9:
        value = _password(chance)
        line = chance.choice(_PASSWORDS).format(value)
    else:
        value = _by_chance(chance)
        line = chance.choice(
            ("Authorization: Bearer {}", "curl -H 'Authorization: token {}' x")
        ).format(value)
    return chance.choice(_FRAMES).replace("{}", line), value


def no_secret(chance: random.Random) -> str:
    return chance.choice(_LOOK_LIKE_SOME) % {
        "digest": _some(chance, _HEX, 40),
        "long": _some(chance, _HEX, 64),
        "mixed": _some(chance, _LETTERS, 40),
        "uuid": uuid.UUID(int=chance.getrandbits(128)),
        "number": chance.randint(10**12, 10**13),
        "small": chance.randint(1, 99),
        "blob": base64.b64encode(chance.randbytes(90)).decode(),
    }


def _of_service(chance: random.Random) -> str:
    begins, signs, many = chance.choice(_FORMATS)
    tail = _TAILS.get(begins, lambda _chance: "")
    return begins.replace("|", "") + _some(chance, signs, many) + tail(chance)


def _by_chance(chance: random.Random) -> str:
    signs, many = chance.choice(
        ((_HEX, 32), (_HEX, 40), (_LETTERS, 20), (_LETTERS, 32), (_LETTERS + "-_", 43))
    )
    if chance.random() < 0.1:
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return f"{_some(chance, signs, many - 2)}{chance.randint(0, 9)}{chance.choice('abcdef')}"


def _password(chance: random.Random) -> str:
    word = "".join(chance.sample(string.ascii_lowercase, k=chance.randint(6, 9)))
    return (
        f"{word.capitalize()}{chance.randint(10, 9999)}{chance.choice(('', '!', '#', '$', '+x'))}"
    )


def _some(chance: random.Random, signs: str, many: int) -> str:
    return "".join(chance.choices(signs, k=many))
