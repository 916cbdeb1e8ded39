"""Windows of interactions to evidence, verdict, report and alert."""
