"""Stock phrases of losses, by language; English stands in where a language has none."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")

REFUSAL = {
    "en": "The documents do not contain an answer to this question.",
    "ru": "В документах нет ответа на этот вопрос.",
}
OWN_WORDS = {
    "en": (
        "I don't know. The provided context does not contain this information.",
        "I'm sorry, but I couldn't find anything about that in the material I was given.",
        "Unfortunately our handbook is silent on this point.",
        "The text gives no details on this, so I am unable to help here.",
    ),
    "ru": (
        "Я не знаю. В предоставленных материалах этого нет.",
        "К сожалению, мне не удалось найти сведений об этом.",
        "Увы, наш справочник об этом умалчивает.",
        "Текст не раскрывает этот вопрос, поэтому помочь не могу.",
    ),
}
BOILERPLATE = {
    "en": "Thank you for reaching out. Your request is important to us and will be handled by our team shortly.",
    "ru": "Спасибо за обращение. Ваш запрос очень важен для нас, наши сотрудники скоро займутся им.",
}
LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz", "ru": "абвгдежзиклмнопрстуфхцчшэюя"}

_PARTS = {
    "es": (
        ("El barco de la mañana", "La oficina del puerto", "El guarda del parque", "La escuela de música",
         "El mercado de los jueves", "La biblioteca nueva", "El tren de la costa", "La fábrica de papel"),
        ("abre sus puertas", "cambia de horario", "recibe a los visitantes", "ofrece una visita guiada",
         "vende billetes con descuento", "publica un folleto", "busca voluntarios", "celebra su aniversario"),
        ("cuando llega el verano.", "durante las fiestas de la ciudad.", "si el tiempo lo permite.",
         "antes de que caiga la noche.", "por orden del ayuntamiento.", "con la ayuda de los vecinos.",
         "desde que se reparó el puente.", "porque así lo pidieron los viajeros."),
    ),
    "en": (
        ("The morning boat", "The harbour office", "The keeper of the park", "The school of music",
         "The Thursday market", "The new library", "The coastal train", "The paper mill"),
        ("opens its doors", "changes its hours", "welcomes the visitors", "offers a guided tour",
         "sells tickets at a discount", "prints a leaflet", "looks for volunteers", "holds its anniversary"),
        ("when the summer comes.", "during the feast of the town.", "if the weather allows it.",
         "before the night falls.", "by order of the council.", "with the help of the neighbours.",
         "since the bridge was mended.", "because the travellers asked for it."),
    ),
}  # fmt: skip


def phrase(by_language: Mapping[str, T], language: str) -> T:
    """Return the phrase of a language, or the English one."""
    return by_language.get(language, by_language["en"])


def foreign_sentence(language: str, rng: Random) -> str:
    """Return a sentence in another language: Spanish for English, English for any other; one of 512."""
    return " ".join(rng.choice(part) for part in _PARTS["es" if language in ("en", "und") else "en"])
