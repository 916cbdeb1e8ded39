"""`rag why` on the demo corpus, as a user meets it."""

QUESTION = "How much luggage may a foot passenger bring?"


def test_a_cited_passage_exits_zero_and_shows_its_ranks(command, workspace):
    before = command("rag", "status", "--json").json["log"]["interactions"]
    ran = command("rag", "why", QUESTION, "--expect", "baggage.md", "--json")
    found = ran.json
    assert (ran.code, found["stage"]) == (0, "cited")
    assert found["source"].endswith("baggage.md") and found["final_rank"] <= found["k"]
    assert set(found["passages"][0]) >= {"id", "start", "end", "page", "heading"}
    assert command("rag", "status", "--json").json["log"]["interactions"] == before


def test_a_lost_passage_exits_one_with_stage_reason_and_advice(command, workspace):
    ran = command(
        "rag", "why", QUESTION, "--expect", "engine-manual-6n26.pdf#p2", "--text", "lubricating oil is changed"
    )
    assert ran.code == 1
    stage, advice, expected, ranks = ran.out.strip().splitlines()
    assert stage.startswith(("NOT A CANDIDATE – ", "RANKED TOO LOW – ")) and advice.startswith("  try ")
    assert "engine-manual-6n26.pdf" in expected and "best 8 are used" in ranks


def test_a_file_nobody_ingested_is_said_to_be_that(command, workspace):
    (workspace / "extra.md").write_text("# Extra\n\nNothing to see.\n")
    ran = command("rag", "why", QUESTION, "--expect", "extra.md")
    assert ran.code == 1 and ran.out.startswith("NOT INGESTED – ") and "rag ingest extra.md" in ran.out
