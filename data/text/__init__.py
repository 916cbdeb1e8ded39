"""Text tools, once for all rooms: sentences, stems, figures, names, language, tokens."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.text.counts import plural
    from data.text.figures import find_figures, numbers, spelled_numbers, stated_figures, unmatched_figures
    from data.text.folding import composed, without_break_marks
    from data.text.growing import GrowingText
    from data.text.halves import HalfJoiner, storable, whole_characters
    from data.text.invisible import has_unseen, smuggled, unseen, untagged, without_smuggled
    from data.text.language import STOP_WORDS, detect_language
    from data.text.layout import plain
    from data.text.line_units import Unit, UnitKind, units
    from data.text.names import unmatched_names
    from data.text.search_terms import TOKENIZER, any_of, index_terms, match_expression, match_terms
    from data.text.sentences import sentence_spans
    from data.text.stems import FUNCTION_WORDS, name_terms, question_terms, stem, terms, words
    from data.text.terminal import printable, printable_json, printable_line
    from data.text.tokens import estimate_tokens, pack, passage_tokens
    from data.text.unspaced import is_unspaced

__all__ = [
    "FUNCTION_WORDS",
    "GrowingText",
    "HalfJoiner",
    "STOP_WORDS",
    "TOKENIZER",
    "Unit",
    "UnitKind",
    "any_of",
    "composed",
    "detect_language",
    "estimate_tokens",
    "find_figures",
    "has_unseen",
    "index_terms",
    "is_unspaced",
    "match_expression",
    "match_terms",
    "name_terms",
    "numbers",
    "pack",
    "passage_tokens",
    "plain",
    "plural",
    "printable",
    "printable_json",
    "printable_line",
    "question_terms",
    "sentence_spans",
    "smuggled",
    "spelled_numbers",
    "stated_figures",
    "stem",
    "storable",
    "terms",
    "units",
    "unmatched_figures",
    "unmatched_names",
    "unseen",
    "untagged",
    "whole_characters",
    "without_break_marks",
    "without_smuggled",
    "words",
]

__getattr__ = face(
    __name__,
    {
        "counts": ["plural"],
        "figures": ["find_figures", "numbers", "spelled_numbers", "stated_figures", "unmatched_figures"],
        "folding": ["composed", "without_break_marks"],
        "growing": ["GrowingText"],
        "halves": ["HalfJoiner", "storable", "whole_characters"],
        "invisible": ["has_unseen", "smuggled", "unseen", "untagged", "without_smuggled"],
        "language": ["STOP_WORDS", "detect_language"],
        "layout": ["plain"],
        "line_units": ["Unit", "UnitKind", "units"],
        "names": ["unmatched_names"],
        "search_terms": ["TOKENIZER", "any_of", "index_terms", "match_expression", "match_terms"],
        "sentences": ["sentence_spans"],
        "stems": ["FUNCTION_WORDS", "name_terms", "question_terms", "stem", "terms", "words"],
        "terminal": ["printable", "printable_json", "printable_line"],
        "tokens": ["estimate_tokens", "pack", "passage_tokens"],
        "unspaced": ["is_unspaced"],
    },
)
