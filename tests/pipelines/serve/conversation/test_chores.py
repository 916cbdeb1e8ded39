"""Prompts that nobody asks are told from questions of people."""

import re

import pytest

from pipelines.serve.conversation.chores import is_chore

TALK = "\n\nUSER: How do I bleed the pump?\nASSISTANT: Open the valve."

CHORES = [
    "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.",
    "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next.",
    "Create a concise, 3-5 word title with an emoji as a title for the chat history, in the given language.",
    "Create a concise, 3-5 word phrase as a header for the following query, avoiding the word 'title': bleed the pump",
    "Here is the query:\n---\nBleed it?\n---\nCreate a concise, 3-5 word phrase as a title for the previous query.",
    "Your task is to reflect the speaker's likely facial expression through a fitting emoji.\n\nMessage: Hello",
    "You have been provided with a set of responses from various models to the latest user query: pumps",
    "Provide a concise, 5-word-or-less title for the conversation, using title case conventions." + TALK,
    "Analyze this conversation and provide:\n1. The detected language\n2. A concise title in it" + TALK,
    "Please generate a four to five word title summarizing our conversation without any lead-in or punctuation.",
    "Summarize the discussion briefly in 200 words or less to use as a prompt for future context.",
    "Based on the chat history, give this conversation a name.\nKeep it short - 10 characters max, no quotes.",
    "Summarize in a 10-word Title. Give the title only. Here is the message:\nHow do I bleed the pump?",
    "Given the following conversation and a follow up question, rephrase the follow up question to be standalone.",
    "History:\nUSER: How do I bleed the pump?\nASSISTANT: Open the valve.\nQuery: and the filter?",
    "Query: and the filter?\nHistory: bleed the pump",
    "Given the above, please reply with a title for the chat that is 3-4 words in length." + TALK,
    "Return JSON with up to 3 tags for this conversation and nothing else." + TALK,
    "Generate 3 search queries for the conversation below. Respond only with JSON." + TALK,
]
QUESTIONS = [
    "How often is the oil changed?",
    "What is the title of chapter 3, and who is named in it?",
    "Give me the name of the person who answers messages about lost luggage.",
    "Write a summary of the safety rules.",
    "Which tags does the chat protocol define?",
    "Create a list of the topics that the training sessions cover.",
    "What does 'Task:' mean in the job sheet?",
    "History: who founded the line?",
    "Which search query does the log viewer need to find a failed session?",
    "How do I make a title page with only the company's name?",
    "Analyze this contract clause and tell me the notice period.",
]


@pytest.mark.parametrize("prompt", CHORES)
def test_a_chore_is_told(prompt):
    assert is_chore(prompt)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_a_person_is_none(question):
    assert not is_chore(question, ["Answer briefly, and suggest follow-up questions for the conversation in JSON."])


def test_known_instructions_make_a_chore_of_what_follows_them():
    told = "You are an assistant who is good at conversation. You need to summarize the conversation into a title."
    assert is_chore("user: How do I bleed the pump?", [told])
    assert is_chore("x", ["You are tasked with generating web search queries."])


def test_patterns_of_the_operator_are_heeded():
    assert is_chore("Name this chat, please.", (), [re.compile("^name this chat", re.I)])
    assert not is_chore("Name this chat, please.")
