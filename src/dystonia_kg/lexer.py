"""SPARQL as text: a lexer that keeps track of groups.

It knows just enough grammar to say where strings, IRIs, comments and groups begin and end. What it cannot follow it
refuses, for the guard relies on it. It needs its own idea of context for one question: is `<` the start of an IRI or
"less than"? (In `FILTER(?a<?b&&?c>?d)` it could be both; that is refused, a blank after `<` decides.)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.errors import QueryRefusedError, QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterable

UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
MODIFIERS = frozenset(("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))
AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
_VALUE_WORDS = frozenset(("TRUE", "FALSE", "UNDEF"))
_FUNCTIONS = """
    STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE
    ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW
    UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL
    ISNUMERIC REGEX SUBSTR REPLACE TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR STRLANGDIR HASLANG HASLANGDIR
    ADJUST SAMEVALUE"""
_OTHER_WORDS = """
    BASE PREFIX VERSION DISTINCT REDUCED AS FROM NAMED WHERE BY ASC DESC OPTIONAL GRAPH SERVICE SILENT BIND FILTER
    UNION MINUS EXISTS NOT IN A SEPARATOR LATERAL DATA ALL DEFAULT USING INTO TO"""
_WORDS = UPDATES | FORMS | MODIFIERS | AGGREGATES | _VALUE_WORDS | {*_FUNCTIONS.split(), *_OTHER_WORDS.split()}

# Character classes by what they exclude from ASCII, for those compile in no time; what else may be in a name is
# checked when there is any of it.
_START = "[^\\x00-@\\[-`\\{-\\x7f]"  # a letter
_WORD = "[^\\x00-/:-@\\[-^`\\{-\\x7f]"  # letters, digits, _
_NAME = "[^\\x00-,./:-@\\[-^`\\{-\\x7f]"  # and -
_DOTTED = "[^\\x00-,/:-@\\[-^`\\{-\\x7f]"  # and .
_NAMES_BEYOND_ASCII = (
    "\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c-\u200d\u203f-\u2040\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ECHAR = rf"\\[tbnrf\"'\\]|{_ESCAPE}"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:{_WORD}|:|{_PLX})(?:{_NAME}|:|{_PLX}|\.+(?={_NAME}|[:%\\]))*+"
_IRI = re.compile(rf"""<(?:[^\x00-\x20<>"{{}}|^`\\]|{_ESCAPE})*>""")
VARIABLE_NAME = re.compile(rf"{_WORD}+")

# The length of a prefix is bounded so that text like "a.a.a.a" is not scanned again and again.
_TOKEN = re.compile(
    rf"""
    (?P<space>[\x20\t\r\n]+|\#[^\r\n]*)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ECHAR}))*+\"\"\" | '''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*+'''
              | \"(?!\"\")(?:[^\"\\\r\n]|{_ECHAR})*+\" | '(?!'')(?:[^'\\\r\n]|{_ECHAR})*+')
  | (?P<pname>(?:{_START}(?:{_DOTTED}{{0,100}}{_NAME})?)?:(?:{_LOCAL})?)
  | (?P<bnode>_:{_WORD}(?:{_NAME}|\.+(?={_NAME}))*+)
  | (?P<var>[?$]{_WORD}++)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<number>(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
  | (?P<langtag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
  | (?P<punct><<\(|\)>>|<<|>>|\{{\||\|\}}|\^\^|\|\||&&|!=|>=|[{{}}()\[\].,;=>!*/+\-|^?])
  | (?P<less><)
    """,
    re.VERBOSE,
)

_OPEN = {"{": "}", "(": ")", "[": "]", "{|": "|}", "<<": ">>", "<<(": ")>>"}
_CLOSE = frozenset(_OPEN.values())
_ENDS_OPERAND = frozenset([")", ")>>", ">>"])


class Token(NamedTuple):
    """A token of a query: `group` is the index of the innermost group it stands in, `frame` the kind of bracket.

    Frames: q(uery level), s(ub-select), g(roup), t(emplate), d(ata of VALUES), e(xpression), i (the list of IN),
    c(ollection, path or list of variables), b(lank node), r(eified or quoted triple), a(nnotation).
    """

    kind: str
    text: str
    start: int
    group: int
    frame: str

    @property
    def end(self) -> int:
        """The offset behind the token."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The keyword in upper case, or ""."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The variable's name without ? or $, or ""."""
        return self.text[1:] if self.kind == "var" else ""


class Group:
    """A pair of braces (or, as number 0, the whole query): kind q, g(roup), s(ub-select), t(emplate) or d(ata)."""

    __slots__ = ("close", "kind", "open", "parent")

    def __init__(self, kind: str, parent: int, open_: int) -> None:
        self.kind = kind
        self.parent = parent
        self.open = open_  # index of the token "{"
        self.close = -1  # index of the token "}"


class Query(NamedTuple):
    """A query's text with its tokens and groups; `depth` is the deepest nesting of brackets of any kind."""

    text: str
    tokens: list[Token]
    groups: list[Group]
    depth: int

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column (from 1) of an offset in the text."""
        return place(self.text, offset)


def place(text: str, offset: int) -> tuple[int, int]:
    r"""Return line and column (both from 1) of an offset.

    >>> place("SELECT *\n{ ?s }", 11)
    (2, 3)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Lexer:
    """One pass over the text with a stack of open brackets."""

    def __init__(self, text: str, max_tokens: int | None, max_depth: int | None) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.groups = [Group("q", -1, -1)]
        self.stack: list[tuple[str, str, int, int]] = [("", "q", 0, 0)]  # closer, frame, group, offset of the opener
        self.depth = 0
        self.weight = 0
        self.max_tokens = max_tokens
        self.max_depth = max_depth
        self.data_next = False  # VALUES was read: the next "{" opens its data

    def run(self) -> Query:
        offset, text = 0, self.text
        while offset < len(text):
            match = _TOKEN.match(text, offset)
            if match is None:
                raise self.error(self.unreadable(offset), offset)
            kind = match.lastgroup
            if kind == "less":
                offset = self.less_than(offset)
            elif kind == "space":
                offset = match.end()
            else:
                assert kind is not None
                offset = self.accept(kind, match.group(), offset)
        if len(self.stack) > 1:
            closer, _, _, opened = self.stack[-1]
            raise self.error(f"{text[opened]!r} is never closed by {closer!r}", opened)
        return Query(text, self.tokens, self.groups, self.depth)

    def error(self, message: str, offset: int) -> QuerySyntaxError:
        return QuerySyntaxError(message, *place(self.text, offset))

    def refuse(self, message: str, offset: int) -> QueryRefusedError:
        return QueryRefusedError(message, *place(self.text, offset))

    def unreadable(self, offset: int) -> str:
        char = self.text[offset]
        if char in "\"'":
            return "a string starts here that is not closed, or has an escape that SPARQL does not know"
        return f"{char!r} (U+{ord(char):04X}) cannot stand here"

    def previous(self, back: int = 1) -> Token | None:
        return self.tokens[-back] if len(self.tokens) >= back else None

    def less_than(self, offset: int) -> int:
        last, iri = self.previous(), _IRI.match(self.text, offset)
        operand = last is not None and (
            last.kind not in ("punct", "word") or last.text in _ENDS_OPERAND or last.word in _VALUE_WORDS
        )
        if self.stack[-1][1] in "ei" and operand:
            if iri:
                hint = "it could be 'less than' or the start of an IRI; write a blank after it"
                raise self.error(f"'<' is ambiguous here: {hint}", offset)
            return self.accept("punct", "<=" if self.text.startswith("<=", offset) else "<", offset)
        if iri is None:
            raise self.error("an IRI starts here that is not closed by '>', or has a character no IRI may have", offset)
        return self.accept("iri", iri.group(), offset)

    def accept(self, kind: str, text: str, offset: int) -> int:
        if kind == "word":
            self.check_word(text, offset)
        elif kind == "pname":
            self.check_prefix(text, offset)
        if kind in ("pname", "bnode", "var") and not text.isascii():
            self.check_letters(text, offset)
        _, frame, group, _ = self.stack[-1]
        if not (frame == "d" or (frame == "i" and kind in ("iri", "pname", "string", "number")) or text == ","):
            self.weight += 1
            if self.max_tokens is not None and self.weight > self.max_tokens:
                hint = "give long lists of values by VALUES or IN, or split the query"
                raise self.refuse(f"the query has more than {self.max_tokens:,} tokens; {hint}", offset)
        if kind == "punct" and text in _OPEN:
            self.open(text, offset)
        elif kind == "punct" and text in _CLOSE:
            self.close(text, offset)
        else:
            self.tokens.append(Token(kind, text, offset, group, frame))
        return offset + len(text)

    def check_word(self, text: str, offset: int) -> None:
        word = text.upper()
        if word not in _WORDS:
            hint = "is a blank or a '?' missing?"
            raise self.error(f"{text!r} is not a word of SPARQL; {hint}", offset)
        _, frame, group, opened = self.stack[-1]
        if frame == "d" and word not in _VALUE_WORDS:
            raise self.error(f"{text!r} cannot stand among the data of VALUES", offset)
        last = self.previous()
        if word == "SELECT" and frame == "g" and last is not None and last.text == "{" and last.kind == "punct":
            self.groups[group].kind = "s"
            self.stack[-1] = ("}", "s", group, opened)
        self.data_next = self.data_next or (word == "VALUES" and frame in "qsg")

    def check_letters(self, text: str, offset: int) -> None:
        stray = re.search(rf"[^\x00-\x7f{_NAMES_BEYOND_ASCII}]", text)
        if stray is not None:
            at = offset + stray.start()
            raise self.error(self.unreadable(at), at)

    def check_prefix(self, text: str, offset: int) -> None:
        # The engine reads keywords without looking for their end: "SERVICEex:a" is a call of ex:a to it.
        prefix = text.partition(":")[0].lower()
        if "service" in prefix or "filter" in prefix:
            raise self.refuse(f"a prefix may not contain a keyword ({text!r}); write a blank, or rename it", offset)

    def open(self, text: str, offset: int) -> None:
        _, frame, group, _ = self.stack[-1]
        if text == "{":
            frame = self.open_brace(frame, offset)
            self.groups.append(Group(frame, group, len(self.tokens)))
            group = len(self.groups) - 1
        elif text == "(":
            frame = self.open_paren(frame)
        else:
            frame = {"[": "b", "{|": "a"}.get(text, "r")
        self.stack.append((_OPEN[text], frame, group, offset))
        self.tokens.append(Token("punct", text, offset, group, frame))
        self.depth = max(self.depth, len(self.stack) - 1)
        if self.max_depth is not None and self.depth > self.max_depth:
            raise self.refuse(f"the query nests deeper than {self.max_depth} brackets", offset)

    def open_brace(self, frame: str, offset: int) -> str:
        last = self.previous()
        if self.data_next:
            self.data_next = False
            return "d"
        if frame in "ei" and not (last is not None and last.word == "EXISTS"):
            raise self.error("'{' cannot stand in an expression, except after EXISTS", offset)
        if frame not in "qsgei":
            raise self.error("'{' cannot stand here", offset)
        return "t" if last is not None and last.word == "CONSTRUCT" else "g"

    def open_paren(self, frame: str) -> str:
        last, before = self.previous(), self.previous(2)
        if frame == "d":
            return "d"
        if last is not None and last.word == "IN":
            return "i"
        if frame in "eiqs":
            return "e"
        if frame != "g" or last is None:
            return "c"
        called = last.kind in ("iri", "pname") and before is not None and before.word == "FILTER"
        function = last.kind == "word" and last.word not in _VALUE_WORDS and last.word not in ("A", "VALUES")
        return "e" if called or function else "c"

    def close(self, text: str, offset: int) -> None:
        closer, frame, group, opened = self.stack[-1]
        if text != closer:
            what = f"{self.text[opened]!r} at line %d, column %d is open" % place(self.text, opened)
            raise self.error(f"{text!r} closes nothing: " + (what if closer else "nothing is open"), offset)
        self.stack.pop()
        if text == "}":
            self.groups[group].close = len(self.tokens)
        self.tokens.append(Token("punct", text, offset, group, frame))


def parse(text: str, *, max_tokens: int | None = None, max_depth: int | None = None) -> Query:
    """Read a query into tokens and groups; QuerySyntaxError where it cannot be followed.

    `max_tokens` does not count the plain values of VALUES and IN.

    >>> [(group.kind, group.parent) for group in parse("SELECT * { ?s ?p ?o MINUS { ?s a ?t } }").groups]
    [('q', -1), ('g', 0), ('g', 1)]
    """
    return _Lexer(text, max_tokens, max_depth).run()


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a query, without blanks and comments.

    >>> [token.text for token in tokenize("ASK { ?s a <http://a#b> } # end")]
    ['ASK', '{', '?s', 'a', '<http://a#b>', '}']
    """
    return parse(text).tokens


def query_form(tokens: Iterable[Token]) -> str:
    """Return SELECT, ASK, CONSTRUCT, DESCRIBE or UPDATE; "" if it is none of them.

    >>> query_form(tokenize("PREFIX ex: <http://e/> ask { ex:a ?p ?o }"))
    'ASK'
    """
    form = ""
    for token in tokens:
        if token.word in UPDATES:
            return "UPDATE"
        form = form or (token.word if token.word in FORMS else "")
    return form


def variables(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return the names of the variables, in the order of their first use.

    >>> variables(tokenize("SELECT ?s { ?s $p ?o . ?o $p ?s }"))
    ('s', 'p', 'o')
    """
    return tuple(dict.fromkeys(token.name for token in tokens if token.kind == "var"))


def token_at(query: Query, offset: int) -> Token | None:
    """Return the token that stands at an offset, or the next one after it."""
    index = bisect_right([token.end for token in query.tokens], offset)
    return query.tokens[index] if index < len(query.tokens) else None
