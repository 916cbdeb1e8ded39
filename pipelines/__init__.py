"""The jobs a user runs: each wires the rooms from settings. The only place with typer."""
