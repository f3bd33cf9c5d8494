"""Acts that the page asks for: each is checked field by field, then done in one transaction."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from cjmresearch.errors import CjmError
from cjmresearch.schema import CODE_KINDS, NOTES
from cjmresearch.store import Project

LONGEST = 20_000
"""Characters that a memo or a definition may have."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SLUG = re.compile(r"[\w-]{1,64}:\w{1,64}")
_SPACES = re.compile(r"\s+")
_NOTES = {
    f"{NOTES}:note": ("Заметка", "Note"),
    f"{NOTES}:source": ("Заметка к тексту", "Note on the source"),
}
"""Codes under which memos on passages and sources are kept, made when first needed."""


class Given:
    """What a message holds, taken out field by field; `CjmError` where it is not what it says."""

    def __init__(self, message: Mapping[str, Any]) -> None:
        self._message = message

    def __contains__(self, name: str) -> bool:
        return self._message.get(name) is not None

    def _wrong(self, name: str, wanted: str) -> CjmError:
        return CjmError(f"{name} {str(self._message.get(name))[:40]!r}: has to be {wanted}")

    def id(self, name: str) -> str:
        """Take an id, as uuid4 writes it."""
        value = self._message.get(name)
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self._wrong(name, "an id")
        return value

    def code(self, name: str) -> str:
        """Take a code, by id or slug."""
        value = self._message.get(name)
        if isinstance(value, str) and (_ID.fullmatch(value) or _SLUG.fullmatch(value)):
            return value
        raise self._wrong(name, "a code")

    def ids(self, name: str) -> list[str]:
        """Take a list of ids."""
        value = self._message.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= LONGEST:
            raise self._wrong(name, "a list of ids")
        return [Given({name: one}).id(name) for one in value]

    def items(self, name: str) -> list[str]:
        """Take a list of texts; one that is not given is empty."""
        value = self._message.get(name, [])
        if not isinstance(value, list) or len(value) > LONGEST:
            raise self._wrong(name, "a list of texts")
        return [Given({name: one}).text(name) for one in value]

    def offset(self, name: str) -> int:
        """Take an offset in code points."""
        value = self._message.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
            raise self._wrong(name, "a whole number of characters")
        return value

    def text(self, name: str, *, longest: int = LONGEST) -> str:
        """Take a text."""
        value = self._message.get(name)
        if not isinstance(value, str) or len(value) > longest:
            raise self._wrong(name, f"a text of at most {longest} characters")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise self._wrong(name, "a text in Unicode") from None
        return value.replace("\0", "").strip()

    def line(self, name: str, *, longest: int = 200) -> str:
        """Take a text in one line that is not empty."""
        value = _SPACES.sub(" ", self.text(name, longest=longest))
        if not value:
            raise self._wrong(name, "some words")
        return value

    def flag(self, name: str) -> bool:
        """Take true or false."""
        value = self._message.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def number(self, name: str) -> float:
        """Take a finite number that is not negative."""
        value = self._message.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, "a number")
        if not math.isfinite(value) or value < 0:
            raise self._wrong(name, "a number from 0")
        return float(value)


class Acts:
    """The acts of one coder on one source of a project."""

    def __init__(self, project: Project, source_id: str, *, coder: str, language: str) -> None:
        self._project = project
        self._language = language
        self._source_id = source_id
        self._coder = coder
        self._known: dict[str, Callable[[Given], object]] = {
            "code": self._code,
            "recode": self._recode,
            "resize": self._resize,
            "split": self._split,
            "annotate": self._annotate,
            "delete": self._delete,
            "decide": self._decide,
            "add_code": self._add_code,
            "change_code": self._change_code,
            "merge_codes": self._merge_codes,
            "split_code": self._split_code,
            "delete_code": self._delete_code,
            "blind": lambda given: project.set_blind(given.flag("on"), coder=coder),
            "undo": lambda given: project.undo(coder),
            "redo": lambda given: project.redo(coder),
        }

    def __contains__(self, op: object) -> bool:
        return isinstance(op, str) and op in self._known

    def do(self, message: Mapping[str, Any]) -> None:
        """Do one act, once under its id; when it returns, the act is on the disk."""
        given = Given(message)
        client, act = given.id("id"), self._known[message["op"]]
        if message["op"] == "code":
            self._prepare(given.code("code"))
        self._project.once(client, lambda: act(given))

    def _prepare(self, code: str) -> None:
        """Make the code of a note when it is first used; that is no act of the coder's."""
        if code in _NOTES and code not in set(self._project.frame("codes")["slug"]):
            russian, english = _NOTES[code]
            self._project.add_code(
                code, kind="other", coder="system", name_ru=russian, name_en=english
            )

    # -- codings ------------------------------------------------------------------------------

    def _code(self, given: Given) -> None:
        self._project.code(
            self._source_id,
            given.offset("start"),
            given.offset("end"),
            given.code("code"),
            coder=self._coder,
            coding_id=given.id("id"),
            memo=given.text("memo") if "memo" in given else None,
        )

    def _recode(self, given: Given) -> None:
        self._project.recode(given.id("coding"), given.code("code"), coder=self._coder)

    def _resize(self, given: Given) -> None:
        span = given.offset("start"), given.offset("end")
        self._project.resize(given.id("coding"), *span, coder=self._coder)

    def _split(self, given: Given) -> None:
        self._project.split_coding(given.id("coding"), given.offset("at"), coder=self._coder)

    def _annotate(self, given: Given) -> None:
        memo = given.text("memo") or None
        self._project.annotate(given.id("coding"), coder=self._coder, memo=memo)

    def _delete(self, given: Given) -> None:
        self._project.delete_coding(given.id("coding"), coder=self._coder)

    def _decide(self, given: Given) -> None:
        self._project.decide(
            given.id("coding"),
            coder=self._coder,
            accept=given.flag("accept"),
            code=given.code("code") if "code" in given else None,
            seconds=given.number("seconds") if "seconds" in given else None,
        )

    # -- the codebook -------------------------------------------------------------------------

    def _add_code(self, given: Given) -> None:
        name = given.line("name")
        fields = {"kind": "other", **self._fields(given), "name_ru": name, "name_en": name}
        self._project.add_code(self._slug(given), coder=self._coder, **fields)

    def _change_code(self, given: Given) -> None:
        fields = self._fields(given)
        if "name" in given:
            fields[f"name_{self._language}"] = given.line("name")
        self._project.change_code(given.code("code"), coder=self._coder, **fields)

    def _split_code(self, given: Given) -> None:
        name = given.line("name")
        self._project.split_code(
            given.code("code"),
            self._slug(given),
            coding_ids=given.ids("codings"),
            coder=self._coder,
            name_ru=name,
            name_en=name,
        )

    @staticmethod
    def _slug(given: Given) -> str:
        slug = given.code("slug")
        if not slug.startswith("own:"):
            raise CjmError(f"slug {slug!r}: a code of one's own begins with own:")
        return slug

    @staticmethod
    def _fields(given: Given) -> dict[str, Any]:
        """Take what can be set of a code; an empty value takes it away."""
        fields: dict[str, Any] = {}
        for name in ("definition", "include", "exclude"):
            if name in given:
                fields[name] = given.text(name) or None
        if "kind" in given:
            fields["kind"] = given.line("kind")
            if fields["kind"] not in CODE_KINDS:
                raise CjmError(f"no kind {fields['kind']!r}; allowed: {', '.join(CODE_KINDS)}")
        if "colour" in given:
            fields["colour"] = given.text("colour", longest=7) or None
            if fields["colour"] and not _COLOUR.fullmatch(fields["colour"]):
                raise CjmError(f"colour {fields['colour']!r}: has to be #rrggbb")
        if "key" in given:
            fields["key"] = given.text("key", longest=8) or None
            if fields["key"] and len(fields["key"]) != 1:
                raise CjmError(f"key {fields['key']!r}: has to be one character")
        if "parent" in given:
            fields["parent_id"] = given.text("parent", longest=36) or None
        return fields

    def _merge_codes(self, given: Given) -> None:
        self._project.merge_codes(given.code("code"), given.code("into"), coder=self._coder)

    def _delete_code(self, given: Given) -> None:
        self._project.delete_code(given.code("code"), coder=self._coder)
