"""Edits of a JSON text touch what they name and leave every other byte alone."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.splice import Document, DuplicateMember, depth, elements

BIG = 2**70 + 1


def test_an_edit_keeps_order_big_integers_and_spaces() -> None:
    text = b'{ "b" : 1180591620717411303425, "model":"x",\n "a": [1.0, 1e5, {"z": 1, "y": 2}] }'
    edited = Document(text).edited({"model": b'"y"'})
    assert edited == b'{"b" : 1180591620717411303425,"model":"y","a": [1.0, 1e5, {"z": 1, "y": 2}]}'


@pytest.mark.parametrize(
    ("text", "put", "without", "expected"),
    [
        (b"{}", {}, (), b"{}"),
        (b"{ }", {"a": b"1"}, (), b'{"a":1}'),
        (b'{"a":1}', {}, ("a",), b"{}"),
        (b'{ "a":1}', {}, ("a",), b"{}"),
        (b'{"a":1,"b":2}', {"b": b"3"}, ("a",), b'{"b":3}'),
        (b'{"a": "}{][,:\\"", "b":2}', {"b": b"3"}, (), b'{"a": "}{][,:\\"","b":3}'),
        (b'{"\\u0061": 1, "b":2}', {"a": b"3"}, (), b'{"a":3,"b":2}'),
        ('{"é": 1, "b":2}'.encode(), {"c": b"3"}, (), '{"é": 1,"b":2,"c":3}'.encode()),
        (b'{"a":\t[\n1 ]\r\n}', {}, (), b'{"a":\t[\n1 ]}'),
    ],
)
def test_edits(
    text: bytes, put: dict[str, bytes], without: tuple[str, ...], expected: bytes
) -> None:
    assert Document(text).edited(put, without) == expected


@pytest.mark.parametrize("text", [b'{"a":1,"a":2}', b'{"a":1, "\\u0061":2}', b'{"":1,"":2}'])
def test_a_key_that_stands_twice_is_noticed(text: bytes) -> None:
    with pytest.raises(DuplicateMember):
        Document(text).check_unique()


def test_the_same_key_at_other_depths_is_no_duplicate() -> None:
    Document(b'{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}').check_unique()


@pytest.mark.parametrize("text", [b"[]", b"1", b'"a"', b"null"])
def test_what_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(TypeError):
        Document(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"[]", []),
        (b"[ ]", []),
        (b"[1]", [b"1"]),
        (b'[ 1 , "a,b" , [2,3] ,{"c":[4,5]} ]', [b"1", b'"a,b"', b"[2,3]", b'{"c":[4,5]}']),
    ],
)
def test_elements(text: bytes, expected: list[bytes]) -> None:
    assert elements(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [(b"1", 0), (b"{}", 1), (b'{"a":[{"b":"[[[["}]}', 3)]
)
def test_depth(text: bytes, expected: int) -> None:
    assert depth(text) == expected


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_leaf = st.none() | st.booleans() | st.integers(-BIG, BIG) | st.floats(allow_nan=False) | _text
_leaf = _leaf.filter(lambda value: value not in (float("inf"), float("-inf")))
_value = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3)
)
_object = st.dictionaries(_text, _value, max_size=6)


@given(
    value=_object, put=st.dictionaries(st.sampled_from("abc"), _value, max_size=3), data=st.data()
)
def test_an_edit_of_bytes_is_an_edit_of_the_value(
    value: dict[str, Any], put: dict[str, Any], data: st.DataObject
) -> None:
    without = data.draw(st.lists(st.sampled_from([*value, "a"]), max_size=2))
    expected = {k: v for k, v in value.items() if k not in without or k in put} | put
    raw = {name: json.dumps(one).encode() for name, one in put.items()}
    for text in _spellings(value):
        edited = Document(text).edited(raw, without)
        assert json.loads(edited) == expected
        assert list(json.loads(edited)) == list(expected)


@given(value=_object)
def test_a_member_keeps_its_own_bytes(value: dict[str, Any]) -> None:
    for text in _spellings(value):
        document = Document(text)
        assert {name: json.loads(document.raw(name)) for name in value} == value


def _spellings(value: dict[str, Any]) -> list[bytes]:
    plain = [
        json.dumps(value, ensure_ascii=a, indent=i).encode() for a in (0, 1) for i in (None, 1)
    ]
    try:
        return [*plain, orjson.dumps(value)]
    except TypeError:  # an integer past 64 bits
        return plain
