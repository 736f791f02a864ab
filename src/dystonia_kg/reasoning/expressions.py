"""Class expressions as people type them, in Manchester syntax, to class expressions of the OWL API.

The OWL API parses; what it is given has its names resolved first. A name is an IRI in angle brackets, a CURIE
(``dyst:Neck``, ``HP:0001336``), a label in single quotes (``'neck region'``), or a plain word: a local name or a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from dystonia_kg.errors import QuerySyntaxError
from dystonia_kg.reasoning.jvm import java

MAX_LENGTH = 20_000

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      |(?P<iri><[^\s<>"{}|\\^`]+>)
      |(?P<label>'(?:[^'\\]|\\.|'(?=\w))+')        # an apostrophe within a word does not end a label
      |(?P<literal>"(?:[^"\\]|\\.)*"(?:@[A-Za-z-]+|\^\^[\w:.-]+)?)
      |(?P<number>[+-]?\d+(?:\.\d+)?(?![\w:]))
      |(?P<name>[^\W\d][\w.-]*(?::[\w./-]+)?|:[\w./-]+)
      |(?P<sign>>=|<=|[()\[\]{},<>])""",
    re.VERBOSE,
)
_KEYWORDS = frozenset(
    ("and", "or", "not", "some", "only", "min", "max", "exactly", "value", "that", "self", "inverse", "true", "false")
)
_FACETS = frozenset(("length", "minLength", "maxLength", "pattern"))
_DATATYPES = {name: f"xsd:{name}" for name in ("integer", "decimal", "float", "double", "string", "boolean")}

#: From a name and its form (iri, label or name) to an IRI; raises LookupError with what is wrong.
Resolve = Callable[[str, str], str]


class _Token(NamedTuple):
    form: str
    text: str
    start: int


def parse(text: str, resolve: Resolve, factory: Any, signature: Any) -> Any:
    """Return the class expression that a text means.

    :param factory: the OWL API's data factory
    :param signature: from an IRI to the OWL API's entities of that name
    :raises QuerySyntaxError: with line, column and what was expected there
    """
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(f"the expression has {len(text):,} characters, more than {MAX_LENGTH:,}")
    tokens = _tokens(text)
    if not tokens:
        raise _error(text, 0, "the expression is empty; write a class or a restriction, such as 'affects some Neck'")
    parser = _Parse(text, tokens)
    for number, token in enumerate(tokens):
        parser.words.append(_fixed_word(token) or parser.name(token, f"N{number}", resolve, signature))
    return parser.run(factory)


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            what = (
                "a quoted label is not closed"
                if text[position] in "'\""
                else f"{text[position]!r} is not expected here"
            )
            raise _error(text, position, what)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), position))
        position = match.end()
    return found


def _fixed_word(token: _Token) -> str | None:
    """Return what stands for a token that is no name."""
    text = token.text
    if token.form == "name" and text.lower() in _KEYWORDS:
        return "Self" if text.lower() == "self" else text.lower()
    if token.form == "name" and (text in _FACETS or text.startswith("xsd:")):
        return text
    if token.form == "name" and text in _DATATYPES:
        return _DATATYPES[text]
    if token.form == "number" and "." in text:
        return f'"{text}"^^xsd:decimal'  # the OWL API would take it as a double, which equals no decimal
    return text if token.form in ("literal", "number", "sign") else None


class _Parse:
    """The text as the OWL API gets it, in which words without meaning stand for the names."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.words: list[str] = []
        self.names: dict[str, Any] = {}
        self.unknown: dict[str, str] = {}

    def name(self, token: _Token, word: str, resolve: Resolve, signature: Any) -> str:
        """Note what a name means; that it means nothing is said only where a name is expected."""
        bare = token.text if token.form == "name" else re.sub(r"\\(.)", r"\1", token.text[1:-1])
        try:
            self.names[word] = signature(resolve(bare, token.form))
        except LookupError as error:
            self.names[word] = []
            self.unknown[word] = str(error.args[0])
        return word

    def run(self, factory: Any) -> Any:
        import jpype

        self._check_counts()

        parser_class = java("org.coode.owlapi.manchesterowlsyntax.ManchesterOWLSyntaxEditorParser")
        parser = parser_class(factory, " ".join(self.words))
        parser.setOWLEntityChecker(
            jpype.JProxy("org.semanticweb.owlapi.expression.OWLEntityChecker", inst=_Checker(self.names))
        )
        try:
            return parser.parseClassExpression()
        except java("org.semanticweb.owlapi.expression.ParserException") as error:
            raise self._explain(error) from None

    def _check_counts(self) -> None:
        """See to it that a number follows where one counts: the OWL API does not say where that is missing."""
        for number, word in enumerate(self.words):
            rest = self.words[number + 1 : number + 2]
            if word in ("min", "max", "exactly") and not (rest and rest[0].isdigit()):
                end = len(rest) == 0
                start = len(self.text) if end else self.tokens[number + 1].start
                found = "the expression ends" if end else f"found {self.tokens[number + 1].text}"
                raise _error(self.text, start, f"{found} where a whole number was expected")

    def _explain(self, error: Any) -> QuerySyntaxError:
        number = self._token_at(int(error.getStartPos()))
        expected = _expected(error)
        last = number == len(self.tokens) - 1 and self.tokens[number].text.lower() in _KEYWORDS | {"("}
        if number >= len(self.tokens) or last:  # for what is missing at the end it names the token before
            return _error(self.text, len(self.text), f"the expression ends where {expected} was expected")
        token, word = self.tokens[number], self.words[number]
        if word in self.unknown and _names_expected(error):
            return _error(self.text, token.start, self.unknown[word])
        kinds = ""
        if word in self.names and word not in self.unknown:
            found = sorted({_KINDS.get(str(e.getEntityType().getName()), "a name") for e in self.names[word]})
            kinds = f", {' and '.join(found)}," if found else ", which no axiom mentions,"
        return _error(self.text, token.start, f"found {token.text}{kinds} where {expected} was expected")

    def _token_at(self, offset: int) -> int:
        position = 0
        for number, word in enumerate(self.words):
            if offset < position + len(word) + 1:
                return number
            position += len(word) + 1
        return len(self.words)


_KINDS = {
    "Class": "a class",
    "ObjectProperty": "a relation",
    "DataProperty": "a data property",
    "NamedIndividual": "an individual",
    "Datatype": "a datatype",
    "AnnotationProperty": "an annotation property",
}


class _Checker:
    """What the OWL API's parser asks for the entities behind our words; its method names are given."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def _find(self, name: str, kind: str) -> Any:
        return next((e for e in self._names.get(str(name), ()) if str(e.getEntityType().getName()) == kind), None)

    def getOWLClass(self, name: str) -> Any:  # noqa: N802
        return self._find(name, "Class")

    def getOWLObjectProperty(self, name: str) -> Any:  # noqa: N802
        return self._find(name, "ObjectProperty")

    def getOWLDataProperty(self, name: str) -> Any:  # noqa: N802
        return self._find(name, "DataProperty")

    def getOWLIndividual(self, name: str) -> Any:  # noqa: N802
        return self._find(name, "NamedIndividual")

    def getOWLDatatype(self, name: str) -> Any:  # noqa: N802
        if not str(name).startswith("xsd:"):
            return None
        vocabulary = java("org.semanticweb.owlapi.vocab.XSDVocabulary")
        factory = java("org.semanticweb.owlapi.apibinding.OWLManager").getOWLDataFactory()
        known = [v for v in vocabulary.values() if str(v.getIRI().getFragment()) == str(name)[4:]]
        return factory.getOWLDatatype(known[0].getIRI()) if known else None

    def getOWLAnnotationProperty(self, name: str) -> Any:  # noqa: N802
        return None


_ASKED = (
    ("isClassNameExpected", "a class"),
    ("isObjectPropertyNameExpected", "a relation"),
    ("isDataPropertyNameExpected", "a data property"),
    ("isIndividualNameExpected", "an individual"),
    ("isDatatypeNameExpected", "a datatype"),
)


def _names_expected(error: Any) -> list[str]:
    return [name for method, name in _ASKED if getattr(error, method)()]


def _expected(error: Any) -> str:
    words = sorted({str(word).lower() for word in error.getExpectedKeywords()} - {"|eof|"})
    if any(word.startswith(("$", '"')) for word in words):
        words = ["a number or a literal"]
    return " or ".join([*_names_expected(error), *(w if " " in w else f"'{w}'" for w in words)]) or "the end"


def _error(text: str, offset: int, message: str) -> QuerySyntaxError:
    before = text[:offset]
    return QuerySyntaxError(message, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
