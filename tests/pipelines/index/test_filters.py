"""`rag search --filter`, and the reranker of the settings, as a user meets them."""

from pipelines.loopback import Behaviour, Loopback

QUESTION = "How much luggage may a foot passenger bring?"


def test_a_filter_narrows_a_search_to_one_source(command, workspace):
    everything = command("rag", "search", QUESTION, "--k", "5", "--json").json["hits"]
    only = command("rag", "search", QUESTION, "--k", "5", "--json", "--filter", "source=fares.md").json["hits"]
    assert {hit["source"].rpartition("/")[2] for hit in only} == {"fares.md"}
    assert {hit["source"] for hit in everything} - {hit["source"] for hit in only}


def test_filters_of_different_keys_hold_together(command, workspace):
    options = ["--filter", "source=*.pdf", "--filter", "page=2"]
    hits = command("rag", "search", "lubricating oil", "--json", *options).json["hits"]
    assert hits and {(hit["source"][-4:], hit["page"]) for hit in hits} == {(".pdf", 2)}


def test_a_misspelt_filter_names_the_known_ones(command, workspace):
    ran = command("rag", "search", QUESTION, "--filter", "sorce=fares.md")
    assert ran.code == 2 and "'sorce'" in ran.err and "heading~TEXT" in ran.err and ran.err.count("\n") == 1


def test_the_reranker_of_the_settings_orders_search_and_answers(command, workspace, monkeypatch):
    with Loopback() as server:
        monkeypatch.setenv("RAG__RERANK__BASE_URL", server.url)
        monkeypatch.setenv("RAG__RERANK__MODEL", "words")
        hits = command("rag", "search", QUESTION, "--k", "3", "--json").json["hits"]
        answer = command("rag", "ask", QUESTION, "--json").json
        bodies = [request.body for request in server.requests]
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True) and len(bodies) == 2
    assert [len(body["documents"]) for body in bodies] == [50, 50]
    assert answer["outcome"] == "answered" and answer["flags"] == []


def test_a_failed_reranker_is_a_flag_on_the_answer_and_a_warning_in_a_search(command, workspace, monkeypatch):
    plain = command("rag", "search", QUESTION, "--json").json["hits"]
    with Loopback(Behaviour(http_500=9)) as server:
        monkeypatch.setenv("RAG__RERANK__BASE_URL", server.url)
        answer = command("rag", "ask", QUESTION, "--json").json
        searched = command("rag", "search", QUESTION, "--json")
    assert answer["outcome"] == "answered"
    assert [flag.partition(":")[0] for flag in answer["flags"]] == ["rerank_failed"]
    assert searched.json["hits"] == plain and "warning: The passages were not reranked" in searched.err
