"""SPARQL as text: a lexer that keeps track of groups, and the safe binding of variables.

The lexer knows just enough grammar to say where strings, IRIs, comments and groups begin and end. What it cannot
follow it refuses, for the guard relies on it. It needs its own idea of context for one question: is `<` the start of
an IRI or "less than"? (In `FILTER(?a<?b&&?c>?d)` it could be both; that is refused, a blank after `<` decides.)

Binding puts `VALUES ?x { term }` at the start of every group that mentions the variable. The engine's own
substitution is no help: it fails for variables that are not projected and overlooks sub-selects.
"""

from __future__ import annotations

import re
from _thread import allocate_lock
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode

from dystonia_kg.errors import BindingError, QueryRefusedError, QuerySyntaxError
from dystonia_kg.vocab import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Term: TypeAlias = NamedNode | Literal
T = TypeVar("T")

_DEEP_STACK = 128 * 2**20  # reserved, not used: only what is touched takes memory
_STACK_SIZE_LOCK = allocate_lock()

_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_MODIFIERS = frozenset(("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))
_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
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
_WORDS = _UPDATES | _FORMS | _MODIFIERS | _AGGREGATES | _VALUE_WORDS | {*_FUNCTIONS.split(), *_OTHER_WORDS.split()}

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ECHAR = rf"\\[tbnrf\"'\\]|{_ESCAPE}"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[{_BASE}_:0-9]|{_PLX})(?:[{_NAME}\-:]|{_PLX}|\.+(?=[{_NAME}\-:%\\]))*"
_IRI = re.compile(rf"""<(?:[^\x00-\x20<>"{{}}|^`\\]|{_ESCAPE})*>""")
_VARIABLE = re.compile(rf"[{_BASE}_0-9][{_NAME}]*")

# The length of a prefix is bounded so that text like "a.a.a.a" is not scanned again and again.
_TOKEN = re.compile(
    rf"""
    (?P<space>[\x20\t\r\n]+|\#[^\r\n]*)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ECHAR}))*+\"\"\" | '''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*+'''
              | \"(?!\"\")(?:[^\"\\\r\n]|{_ECHAR})*+\" | '(?!'')(?:[^'\\\r\n]|{_ECHAR})*+')
  | (?P<pname>(?:[{_BASE}](?:[{_NAME}\-.]{{0,100}}[{_NAME}\-])?)?:(?:{_LOCAL})?)
  | (?P<bnode>_:[{_BASE}_0-9](?:[{_NAME}\-]|\.+(?=[{_NAME}\-]))*)
  | (?P<var>[?$][{_BASE}_0-9][{_NAME}]*)
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
        if token.word in _UPDATES:
            return "UPDATE"
        form = form or (token.word if token.word in _FORMS else "")
    return form


def variables(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return the names of the variables, in the order of their first use.

    >>> variables(tokenize("SELECT ?s { ?s $p ?o . ?o $p ?s }"))
    ('s', 'p', 'o')
    """
    return tuple(dict.fromkeys(token.name for token in tokens if token.kind == "var"))


# --- values to terms -----------------------------------------------------------------------------------------------


def to_term(value: object) -> Term:
    """Turn a value into an RDF term: terms of pyoxigraph or rdflib, things with an `iri`, or plain Python values.

    A str is a plain string literal, never an IRI: pass a NamedNode, or what a query or `kg.term()` gave you.

    >>> str(to_term("neck")), str(to_term(2.5)), str(to_term(True))
    ('"neck"', '"2.5"^^<http://www.w3.org/2001/XMLSchema#double>', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    """
    if isinstance(value, (NamedNode, Literal)):
        return value
    if isinstance(value, BlankNode) or "BNode" in _rdflib_names(value):
        raise BindingError(f"the blank node {value} cannot be bound: it has no name outside of its graph")
    try:
        term = _from_object(value) or _from_plain(value)
    except (ValueError, TypeError) as error:  # not an IRI, or a str that is no Unicode (lone surrogate)
        raise BindingError(f"{value!r} is not a valid term: {error}") from None
    if term is None:
        accepted = "an IRI or literal of pyoxigraph or rdflib, a Term, str, bool, int, float, Decimal, date or datetime"
        raise BindingError(f"a {type(value).__name__} cannot be bound ({value!r:.80}); give {accepted}")
    return term


def _rdflib_names(value: object) -> frozenset[str]:
    """Name the rdflib term classes that a value is an instance of, without importing rdflib."""
    return frozenset(cls.__name__ for cls in type(value).__mro__ if cls.__module__ == "rdflib.term")


def _from_object(value: object) -> Term | None:
    names = _rdflib_names(value)
    if "URIRef" in names:
        return NamedNode(str(value))
    if "Literal" in names:
        language, datatype = getattr(value, "language", None), getattr(value, "datatype", None)
        if language is not None:
            return Literal(str(value), language=str(language))
        return Literal(str(value), datatype=None if datatype is None else NamedNode(str(datatype)))
    iri = getattr(value, "iri", None)
    return NamedNode(str(iri)) if isinstance(iri, str) else None


def _from_plain(value: object) -> Term | None:
    if isinstance(value, bool):
        return _typed("true" if value else "false", "boolean")
    if isinstance(value, int):
        return _typed(str(int(value)), "integer")
    if isinstance(value, float):
        text = float.__repr__(value)
        return _typed({"nan": "NaN", "inf": "INF", "-inf": "-INF"}.get(text, text), "double")
    if isinstance(value, str):
        return Literal(str.__str__(value))
    from datetime import date, datetime, time
    from decimal import Decimal

    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("xsd:decimal has no infinity and no NaN")
        return _typed(format(value, "f"), "decimal")
    for cls, datatype in ((datetime, "dateTime"), (date, "date"), (time, "time")):
        if isinstance(value, cls):
            return _typed(value.isoformat(), datatype)
    return None


def _typed(lexical: str, datatype: str) -> Literal:
    return Literal(lexical, datatype=NamedNode(XSD + datatype))


# --- binding -------------------------------------------------------------------------------------------------------


def bind(text: str, bindings: Mapping[str, object]) -> str:
    r"""Return the query with its variables bound: as if it read `VALUES ?x { term }` wherever it mentions `?x`.

    Values are terms or plain values (see `to_term`); a list, tuple or set means "one of these". The result is that of
    a join: a bound variable is in scope in the main group, so `SELECT *` shows it, and in MINUS it counts as shared.
    A variable means the same in sub-selects, also where they do not project it. Beside aggregates (HAVING and the
    like), where VALUES cannot reach, the term takes the variable's place.

    This is what rdflib's initBindings do, with three exceptions: `SELECT *` always shows the variable; paths of length
    zero start at nodes of the graph only; and a variable that the query computes (AS) cannot be bound.

    >>> bind("SELECT ?s { ?s ?p ?x }", {"x": 'a "b"'})
    'SELECT ?s { VALUES ?x { "a \\"b\\"" } ?s ?p ?x }'
    >>> bind("ASK { ?s ?p ?x }", {"y": 1})
    Traceback (most recent call last):
    ...
    dystonia_kg.errors.BindingError: the query has no variable ?y; its variables are ?s, ?p, ?x
    """
    if not bindings:
        return text
    query = parse(text)
    values = {name.lstrip("?$"): _rows(name, value) for name, value in bindings.items()}
    if query_form(query.tokens) not in _FORMS:
        raise BindingError("variables can be bound in SELECT, ASK, CONSTRUCT and DESCRIBE queries only")
    _check_names(query, values)
    return _Binder(query, values).run()


def _rows(name: str, value: object) -> list[str]:
    items = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    try:
        rows = [_serialise(to_term(item)) for item in items]
    except BindingError as error:
        raise BindingError(f"?{name}: {error}") from None
    return sorted(rows) if isinstance(value, (set, frozenset)) else rows


def _serialise(term: Term) -> str:
    """Let the library write the term; our lexer must read it back as that one term, or it does not go in."""
    text = str(term)
    try:
        kinds = [token.kind if token.kind != "punct" else token.text for token in tokenize(text)]
    except (QuerySyntaxError, QueryRefusedError):
        kinds = []
    if kinds not in (["iri"], ["string"], ["string", "langtag"], ["string", "^^", "iri"]):
        raise BindingError(f"{text!r} cannot be written into a query")
    return text


def _check_names(query: Query, values: Mapping[str, list[str]]) -> None:
    present = variables(query.tokens)
    for name in values:
        if not _VARIABLE.fullmatch(name):
            raise BindingError(f"{name!r} is not the name of a variable")
        if name not in present:
            known = ", ".join(f"?{each}" for each in present) or "none"
            raise BindingError(f"the query has no variable ?{name}; its variables are {known}")
    for before, token in pairwise(query.tokens):
        if before.word == "AS" and token.name in values:
            line, column = query.place(token.start)
            hint = "bind another variable and compare the two in a FILTER"
            raise BindingError(
                f"?{token.name} is computed by the query (AS, line {line}, column {column}) and cannot be bound; {hint}"
            )


class _Binder:
    """Collects the edits of one binding, then applies them."""

    def __init__(self, query: Query, values: Mapping[str, list[str]]) -> None:
        self.query = query
        self.values = values
        self.edits: list[tuple[int, int, str]] = []  # start, end, replacement
        self.own: list[list[Token]] = [[] for _ in query.groups]
        for token in query.tokens:
            self.own[token.group].append(token)

    def run(self) -> str:
        main = self.where(0)
        for index, group in enumerate(self.query.groups):
            if group.kind in "qs":
                self.computed(index)
            if group.kind == "s":
                self.hidden(index)
            if group.kind != "g" or index == main:
                continue
            tokens = self.own[index]
            if self.query.groups[group.parent].kind in "qs" and self.where(group.parent) == index:
                tokens = tokens + self.own[group.parent]  # a sub-select's clauses speak of its group's variables
            self.insert(index, {token.name for token in tokens})
        if main is None:
            self.describe()
        else:
            self.main(main)
        text = self.query.text
        for start, end, replacement in sorted(self.edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def where(self, level: int) -> int | None:
        """Return the index of the WHERE group of the query or sub-select `level`."""
        inside = (i for i, group in enumerate(self.query.groups) if group.parent == level and group.kind in "gs")
        return next(inside, None)

    def clause(self, names: Iterable[str]) -> str:
        return "".join(f" VALUES ?{name} {{ {' '.join(self.values[name])} }}" for name in names)

    def insert(self, index: int, mentioned: Iterable[str]) -> None:
        names = [name for name in self.values if name in mentioned]
        if names:
            end = self.query.tokens[self.query.groups[index].open].end
            self.edits.append((end, end, self.clause(names)))

    def main(self, index: int) -> None:
        """Bind everything in the main group, whether mentioned there or not."""
        group, tokens = self.query.groups[index], self.query.tokens
        start, end = tokens[group.open].end, tokens[group.close].start
        if group.kind == "s":  # a group may not hold both VALUES and a bare sub-select
            self.edits += [(start, start, self.clause(self.values) + " {"), (end, end, "} ")]
        else:
            self.edits.append((start, start, self.clause(self.values)))
        construct = next((i for i, token in enumerate(tokens) if token.word == "CONSTRUCT"), None)
        if construct is not None and tokens[construct + 1].frame != "t":  # CONSTRUCT WHERE { ... }: write the template
            at = tokens[construct].end
            self.edits.append((at, at, f" {{{self.query.text[start:end]}}}"))

    def describe(self) -> None:
        """DESCRIBE ?x has no group yet: give it one, before LIMIT and the like."""
        after = [token.start for token in self.own[0] if token.word in _MODIFIERS]
        at = after[0] if after else self.query.tokens[-1].end
        self.edits.append((at, at, f" WHERE {{{self.clause(self.values)} }} "))

    def computed(self, level: int) -> None:
        """In a query with aggregates, HAVING, SELECT and ORDER BY no longer see the group's variables."""
        own = self.own[level]
        if not any(token.word in _AGGREGATES or token.word == "GROUP" for token in own):
            return
        keys = _group_keys(own)
        for token in _outside_aggregates(own):
            rows = self.values.get(token.name)
            if rows is None or token.name in keys or token.frame not in "ei":
                continue
            if len(rows) != 1:
                line, column = self.query.place(token.start)
                hint = "add it to GROUP BY, or bind one value"
                raise BindingError(
                    f"?{token.name} has several values beside an aggregate (line {line}, column {column}); {hint}"
                )
            self.edits.append((token.start, token.end, rows[0]))

    def hidden(self, index: int) -> None:
        """Several values in a sub-select that keeps its variable to itself would multiply the rows."""
        several = {name for name, rows in self.values.items() if len(rows) > 1}
        group, tokens = self.query.groups[index], self.query.tokens
        where = self.where(index)
        if not several or where is None:
            return
        clause = tokens[group.open + 1 : self.query.groups[where].open]
        shown = {token.name for token in clause if token.frame == "s"}
        if any(token.text == "*" and token.frame == "s" for token in clause):
            return
        used = {token.name for token in tokens[group.open : group.close]} & several
        for name in sorted(used - shown):
            line, column = self.query.place(tokens[group.open].start)
            raise BindingError(
                f"?{name} has several values, and the sub-select at line {line}, column {column} uses it without "
                "projecting it; add it to that SELECT, or bind one value"
            )


def _group_keys(own: list[Token]) -> set[str]:
    """Return the variables that GROUP BY names as such."""
    keys: set[str] = set()
    inside = False
    for before, token in pairwise(own):
        if token.word:
            inside = (token.word == "BY" and before.word == "GROUP") or (inside and token.word not in _MODIFIERS)
        if inside and token.frame in "qs":
            keys.add(token.name)
    return keys - {""}


def _outside_aggregates(own: list[Token]) -> list[Token]:
    """Return the variables outside of COUNT(...) and its like, and of BOUND(...), which takes only a variable."""
    found, skip = [], 0
    for before, token in pairwise(own):
        if skip:
            skip += (token.text == "(") - (token.text == ")")
        elif token.text == "(" and (before.word in _AGGREGATES or before.word == "BOUND"):
            skip = 1
        elif token.kind == "var":
            found.append(token)
    return found


def token_at(query: Query, offset: int) -> Token | None:
    """Return the token that stands at an offset, or the next one after it."""
    index = bisect_right([token.end for token in query.tokens], offset)
    return query.tokens[index] if index < len(query.tokens) else None


# --- room to recurse -----------------------------------------------------------------------------------------------


def call_deep(function: Callable[[], T], *, shallow: bool = False) -> T:
    """Call a function on a stack that holds whatever the guard lets pass.

    The engine recurses per bracket and per operator, and a stack that ends there ends the process; threads may have
    as little as 256 KB. So it runs in a thread of its own, which costs 0.1 ms, except for what is `shallow` in the
    main thread.
    """
    import threading

    if shallow and threading.current_thread() is threading.main_thread():
        return function()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            failure.append(error)

    with _STACK_SIZE_LOCK:  # the size is a setting of the whole process
        before = threading.stack_size(_DEEP_STACK)
        try:
            thread = threading.Thread(target=run, name="dystonia_kg", daemon=True)
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
