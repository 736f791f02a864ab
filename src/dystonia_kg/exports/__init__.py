"""The graph in other people's forms: a module per format, and what they share.

``registry`` lists the formats; ``job`` runs one; ``source`` is what an export reads from and ``model`` how; ``target``
is where it goes; ``report`` is what became of it.
"""
