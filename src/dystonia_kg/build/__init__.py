"""From the sources of the ontology to a checked release."""
