"""Values: the plain Python values by which answers stand for RDF terms.

An IRI becomes an `IRI` (a str that knows its CURIE), a literal the Python value of its datatype, or its text where
there is none or it does not fit; unbound is None; a blank node is the str '_:label'. Language tags and other datatypes
are not kept: ask for LANG(?x) or DATATYPE(?x) where they matter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.vocab import XSD, contract

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from decimal import Decimal

_INTEGERS = """integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger
    unsignedInt unsignedLong unsignedShort unsignedByte""".split()  # noqa: SIM905


class IRI(str):
    """An IRI in a result: the full IRI as a str.

    >>> iri = IRI("http://purl.obolibrary.org/obo/HP_0001332")
    >>> iri.curie, iri == "http://purl.obolibrary.org/obo/HP_0001332"
    ('HP:0001332', True)
    """

    __slots__ = ()

    @property
    def curie(self) -> str:
        """The CURIE, or the IRI itself if no prefix fits."""
        return contract(self) or str(self)

    @property
    def iri(self) -> str:
        """The IRI as a plain str; marks it as something that can be bound in a query."""
        return str(self)


# --- terms to values -----------------------------------------------------------------------------------------------


def to_python(term: NamedNode | BlankNode | Literal | Triple | None) -> Any:
    """Turn a term into a plain value.

    >>> to_python(Literal(8)), to_python(NamedNode("http://example.org/a")), to_python(Literal("x", language="en"))
    (8, 'http://example.org/a', 'x')
    """
    if isinstance(term, NamedNode):
        return IRI(term.value)
    if isinstance(term, Literal):
        convert = _CONVERTERS.get(term.datatype.value)
        if convert is None:
            return term.value
        try:
            return convert(term.value)
        except (ValueError, ArithmeticError):
            return term.value  # "abc"^^xsd:integer is legal RDF
    return None if term is None else str(term)


def _integer(text: str) -> int:
    if "_" in text:  # Python's, not XML Schema's
        raise ValueError(text)
    return int(text)


def _double(text: str) -> float:
    if "_" in text:
        raise ValueError(text)
    return float(text)


def _decimal(text: str) -> Decimal:
    from decimal import Decimal

    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", text):
        raise ValueError(text)
    return Decimal(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "1", "false", "0"):
        raise ValueError(text)
    return text in ("true", "1")


def _date(text: str) -> date:
    from datetime import date

    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # one with a time zone has no Python counterpart
        raise ValueError(text)
    return date.fromisoformat(text)


def _date_time(text: str) -> datetime:
    from datetime import datetime

    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    **{XSD + name: _integer for name in _INTEGERS},
    XSD + "double": _double,
    XSD + "float": _double,
    XSD + "decimal": _decimal,
    XSD + "boolean": _boolean,
    XSD + "date": _date,
    XSD + "dateTime": _date_time,
}


# --- values to text -------------------------------------------------------------------------------------------------


def plain_text(value: Any) -> str:
    """Return a value as text that loses nothing: true and false, ISO dates, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def jsonable(value: Any) -> Any:
    """Return what JSON can say of a value; the rest becomes text."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}[repr(value)]
    return value if value is None or isinstance(value, (bool, int, float, str)) else plain_text(value)


def uniform(values: list[Any]) -> list[Any]:
    """Make the values of a column of one type: integers beside doubles become floats, anything else mixed text."""
    kinds = {str if isinstance(value, str) else type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    too_big = kinds == {int} and any(value is not None and not -(2**63) <= value < 2**63 for value in values)
    if len(kinds) > 1 or too_big or kinds == {str}:
        return [None if value is None else plain_text(value) for value in values]
    return values
