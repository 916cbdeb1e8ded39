"""Score answers: without a reference, with one, or by a judge; and gate a change on the scores."""
