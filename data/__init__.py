"""What flows between the rooms: records, the interaction log, golden cases and the interchange format."""
