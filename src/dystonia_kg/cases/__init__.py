"""Cases: what is known of one person, and the readers that make cases from files."""
