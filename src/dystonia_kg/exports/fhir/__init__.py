"""HL7 FHIR, release 4 and 5: what a terminology server loads.

`bundle` writes the file; `codes`, `sets` and `maps` make its resources: the code system, a value set for each dimension
and a concept map for each vocabulary mapped to. `systems` knows how vocabularies are called in FHIR.
"""
