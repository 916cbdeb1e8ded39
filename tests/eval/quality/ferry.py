"""A small handbook about ferries in two languages, for tests of scores, and vectors that need no model."""

import numpy as np

from data.text import terms

QUESTION = {"en": "When does the ferry leave Brenna?", "ru": "Когда паром отходит из Бренны?"}
PASSAGES = {
    "en": (
        "The morning ferry leaves Brenna at 07:40 on every working day. Dogs travel free on the upper deck. "
        "Captain Halvard Moen has steered the ship since 1998. Bicycles are not allowed on board in July.",
        "Tickets are sold at the harbour office until 18:00. The harbour office belongs to Kallvik council.",
    ),
    "ru": (
        "Утренний паром отходит из Бренны в 07:40 каждый рабочий день. Собаки едут бесплатно на верхней палубе. "
        "Капитан Халвард Моен управляет судном с 1998 года. Велосипеды не допускаются на борт в июле.",
        "Билеты продаются в портовой кассе до 18:00. Портовая касса принадлежит совету Каллвика.",
    ),
}
RIGHT = {
    "en": "The morning ferry leaves Brenna at 07:40 on every working day.",
    "ru": "Утренний паром отходит из Бренны в 07:40 каждый рабочий день.",
}
BESIDE = {
    "en": "Tickets are sold at the harbour office until 18:00.",
    "ru": "Билеты продаются в портовой кассе до 18:00.",
}
LANGUAGES = ("en", "ru")


def embed(texts, *, query):
    """Return bags of terms as unit vectors."""
    rows = np.zeros((len(texts), 512), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for term in terms(text):
            row[sum(map(ord, term)) * 31 % 512] += 1.0
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)
