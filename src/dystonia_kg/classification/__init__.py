"""Classifying cases and tables by the class expressions of the ontology.

The expressions are compiled once, when a release is built (:mod:`.compile`, which reads OWL through :mod:`.owl`), into
``classifier.json``. :mod:`.model` holds them as formulas over bits (:mod:`.space`, :mod:`.ages`, :mod:`.roles`,
:mod:`.formula`); :mod:`.engine` answers for one case, :mod:`.table` for the rows of a table (:mod:`.codes` works every
possible row out once, :mod:`.columns` looks rows up).
"""
