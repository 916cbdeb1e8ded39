"""What hostile text looks like: orders to a model in eight languages, and imitations of what stands around passages.

Each pattern matches lower-case text without invisible characters (see `rag.hostile.linter`); a blank in a pattern
stands for any white space. They want the order *and* whom or what it is about, because manuals give orders and
documentation speaks of prompts all day. A manual says "ignore these instructions if you use Windows", and none says
"ignore all previous instructions".
"""

# ruff: noqa: E501 - a pattern is read best on one line

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    spaced = (pattern.replace(" ?", r"\s*").replace(" ", r"\s+") for pattern in patterns)
    return re.compile("|".join(f"(?:{pattern})" for pattern in spaced))


def _orders(letters: str, *patterns: str) -> re.Pattern[str]:
    """Put `patterns`, each beginning with one of `letters`, behind one look at that letter, which saves most trials."""
    return re.compile(rf"\b(?=[{letters}])(?:{_any(*patterns).pattern})")


_GLUE = r"[^.!?;:。！？]{0,30}?"
_SAID = r"[:\"“„‟«'‘]"
_MODEL = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chatbots?|gpt|chatgpt|claude|copilot|gemini"
    r"|ai (?:assistants?|agents?|models?|systems?)|virtual assistants?)"
)
_SET_ASIDE = r"(?:ignore|disregard|forget|override|bypass|overrule|do not follow|don't follow|stop following)"
_COMMANDED = r"(?:(?<![a-z,]\s)|(?<=\band\s)|(?<=\bthen\s)|(?<=please\s)|(?<=\bnow\s))"
"""Before a verb: it gives an order, and does not tell what somebody does."""

LATIN_ORDERS = _orders(
    "a-zàâéèêíìóòúüçñß",
    # English: set aside what was said before, and be something else.
    rf"{_SET_ASIDE}(?: [^\s.!?;:]+){{0,4}}? (?:previous|prior|preceding|earlier|above|foregoing|your|safety|system)"
    r"(?: [^\s.!?;:]+){0,2}? (?:instructions?|prompts?|rules|directions|guidelines|orders|messages?|commands|passages?)\b",
    rf"{_SET_ASIDE} (?:all|any|every)(?: of)?(?: the| other| these| those| your)* "
    r"(?:instructions?|prompts?|guidelines|passages?|sources|documents)\b",
    rf"{_SET_ASIDE} (?:the |all |any )*(?:system prompt|instructions (?:above|before this|you were given|given to you)"
    r"|other (?:passages|sources|documents))\b",
    r"(?:ignore|disregard|forget) (?:everything|anything|all|what(?:ever)?) (?:that )?(?:\w+ ){0,3}"
    r"(?:above|before this|said so far|told|been told|instructed)\b",
    r"you are (?:now|no longer) (?:(?:an?|the|in|acting as|going to act as) )?(?:\w+ ){0,3}?"
    rf"(?:{_MODEL}|assistant|bot|agent|dan|pirate|hacker|persona|(?:dan|god|developer|jailbreak|unrestricted) mode|unrestricted"
    r"|unfiltered|bound by|restricted by|required to follow)\b",
    r"(?:from now on|henceforth|starting now),? (?:you (?:are|must|will|shall|should) )?(?:always |only )?"
    r"(?:answer|reply|respond|act as|speak|pretend|recommend)\b",
    r"(?:new|updated|revised|real|actual|hidden|overriding) (?:system )?instructions? (?:to|for) "
    rf"(?:the |any |all |an |every )?(?:{_MODEL}|assistants?|models?|you)\b",
    r"(?:dan|jailbreak|god|unrestricted) mode (?:is )?(?:now )?(?:enabled|activated|on)\b",
    r"this (?:passage|document|text|message|note) (?:overrides|supersedes|takes precedence over)(?: \w+){0,4} "
    r"(?:instructions?|prompts?|passages?|documents?|sources?)\b",
    # English: speak to the machine that reads.
    r"(?:dear|attention|note to|messages? (?:to|for)|instructions? (?:to|for)|hey|hello),? (?:the |any |all |an |every )?"
    rf"{_MODEL}\b",
    rf"(?:if|when|since|as) you(?:'re| are) (?:an? |the )?(?:{_MODEL}|automated assistant|(?:model|assistant) reading)\b",
    rf"(?:any |all |every |the )?(?:{_MODEL}|assistant|model) (?:reading|processing|summari[sz]ing|parsing|that reads?"
    r"|which reads?)(?: \w+){1,4},? (?:must|should|shall|has to|is to|needs to|will)\b",
    # English: what to say, and what to keep from whom.
    rf"{_COMMANDED}(?:reply|respond|answer)(?: \w+){{0,5}}? (?:only|exactly|solely|simply|just|instead|with nothing but)"
    rf"(?: \w+){{0,3}}? ?{_SAID}",
    r"(?:reveal|print|repeat|output|leak|disclose|show)(?: \w+){0,3}? your (?:\w+ )?(?:prompt|instructions|system message)\b",
    r"(?:reveal|leak|disclose|print|repeat)(?: \w+){0,2}? the (?:system|hidden|initial|secret) (?:prompt|message|instructions)\b",
    r"(?:send|append|include|embed|encode|put)(?: \w+){0,4}? (?:conversation|chat history|user's question|question of the"
    r" user|previous messages|user's data)(?: \w+){0,6}? (?:url|link|image|address|query|parameter)\b",
    r"(?:do not|don't|never) (?:tell|mention|inform|reveal|show|alert)(?: \w+){0,5}? (?:this|these) "
    r"(?:instructions?|message|prompt|note|passage)\b",
    r"(?:do not|don't|never) (?:tell|inform|alert) the user(?: \w+){0,5} (?:instructions?|prompt|passage|injected)\b",
    r"whatever the (?:user(?:'s)? )?question(?: is)?,? (?:please )?(?:answer|reply|respond|say)\b",
    rf"(?:answer|respond to|reply to) (?:every|any|all|each) (?:\w+ )?questions? with(?: \w+){{0,3}}? ?{_SAID}",
    # German.
    rf"(?:ignorier\w*|vergiss|vergessen sie|missachte\w*|übergeh\w*)\b{_GLUE}(?:bisherig|vorherig|obig|früher|vorangegangen"
    rf"|sämtlich|alle|system)\w*\b{_GLUE}(?:anweisung|vorgabe|anleitung|regel|prompt|instruktion|befehl)",
    rf"antworte\w*\b{_GLUE}\b(?:nur|ausschließlich|immer|stattdessen|genau)\b{_GLUE}{_SAID}",
    r"du bist (?:jetzt|nun|ab sofort|nicht mehr|ab jetzt)(?: \w+){0,3} (?:ki|assistent|bot|modell|chatbot|pirat|gebunden)\b",
    r"wenn du (?:eine? )?(?:ki|sprachmodell|chatbot|ki-assistent)\b",
    # French.
    rf"(?:ignore[zr]?|oublie[zr]?|ne tiens? pas compte|ne tenez pas compte)\b{_GLUE}(?:instructions?|consignes?|directives?"
    rf"|prompts?)\b{_GLUE}(?:précédent|ci-dessus|antérieur|système|initial|reçu)",
    rf"(?:réponds|répondez)\b{_GLUE}\b(?:uniquement|seulement|toujours|exactement|simplement)\b{_GLUE}{_SAID}",
    r"si (?:tu es|vous êtes) une? (?:ia|intelligence artificielle|modèle de langage|assistant|chatbot)\b",
    r"(?:tu es|vous êtes) (?:maintenant|désormais)(?: \w+){0,3} (?:ia|assistant|robot|modèle|chatbot|pirate)\b",
    # Spanish.
    rf"(?:ignor(?:a|e|en|ar)|olvid(?:a|e|en|ar)|haz caso omiso|haga caso omiso)\b{_GLUE}(?:instrucciones|indicaciones|órdenes"
    rf"|prompt)\b{_GLUE}(?:anteriores|previas|del sistema|iniciales|recibidas)",
    rf"(?:responde|responda|conteste|contesta)\b{_GLUE}\b(?:sólo|solo|solamente|únicamente|siempre|exactamente)\b{_GLUE}{_SAID}",
    r"si eres una? (?:ia|inteligencia artificial|modelo de lenguaje|asistente|chatbot)\b",
    r"ahora eres(?: \w+){0,3} (?:ia|asistente|robot|modelo|chatbot|pirata)\b",
    # Italian and Portuguese.
    rf"(?:ignora(?:te|re)?|dimentica(?:te|re)?)\b{_GLUE}(?:istruzioni|indicazioni|prompt)\b{_GLUE}(?:precedent|ricevut|sistema)",
    rf"(?:ignore|ignorar|esqueça|desconsidere)\b{_GLUE}(?:instruções|orientações|comandos)\b{_GLUE}(?:anteriores|acima|sistema)",
)
"""An order to whoever reads, that makes sense for a model alone."""

RUSSIAN_ORDERS = _orders(
    "а-яё",
    rf"(?:игнорир(?:уй|уйте|овать)|забудь(?:те)?|не обращай(?:те)? внимания на|отмени(?:те)?|пренебреги(?:те)?)\b{_GLUE}"
    rf"(?:предыдущ|вышеизложенн|прежн|ранее|системн|всё|все |всех |люб)\w*{_GLUE}(?:инструкц|указани|правил|команд|промпт|сказанн)",
    rf"(?:отвечай|ответь)(?:те)?\b{_GLUE}(?:только|лишь|всегда|ровно|вместо)\b{_GLUE}{_SAID}",
    r"(?:ты|вы) (?:теперь|больше не)(?: —| -)? (?:являе\w+|обязан\w*|связан\w*|ассистент|бот|модель|помощник|ограничен\w*)\b",
    r"с этого момента (?:ты|вы|отвечай\w*)\b",
    r"если (?:ты|вы)(?: это| —| -)? (?:ии|языковая модель|нейросеть|чат-бот|искусственный интеллект)\b",
    rf"не (?:говори|сообщай|упоминай|рассказывай)(?:те)?\b{_GLUE}пользовател\w+{_GLUE}(?:инструкц|указани|сообщени|промпт)",
    rf"(?:ии|нейросет[ьи]|языков\w+ модел\w+|чат-бот)[^.!?;:]{{0,30}}?\b(?:долж\w+|обязан\w*)\b{_GLUE}"
    r"(?:ответ|сказат|написат|игнорир|вывест|рекоменд)",
    rf"(?:выведи|покажи|раскрой|повтори)(?:те)?\b{_GLUE}(?:системн\w+ (?:промпт|инструкци|сообщени)|истори\w+ (?:чата|диалога))",
)
HAN_ORDERS = _any(
    r"(?:忽略|无视|忘记|忘掉|不要理会|不要遵循)[^。！？]{0,8}(?:以上|之前|先前|前面|所有|系统)[^。！？]{0,6}(?:指令|指示|提示|规则|内容)",
    r"你现在是(?:一个|一名)?[^。！？]{0,6}(?:助手|机器人|模型|ai)|从现在开始你|如果你是(?:一个)?(?:人工智能|ai|语言模型)",
    r"(?:只|仅|必须)(?:能|需|要)?(?:回答|回复|输出)[^。！？]{0,8}[:：“\"「]",
    r"(?:以前|これまで|上記|前)の?(?:の)?(?:指示|命令|ルール|プロンプト)[^。]{0,10}(?:無視|忘れ)|あなたは今から",
)

DELIMITERS = _any(
    r"(?<!<)<{2,}+\s*+/?\s*+(?:end|passage|question|context|document|system|user|assistant)\b[^<>\n]{0,60}>{2,}",
    r"</?(?:system_prompt|user_query|retrieved_context|passages?)>",
    r"(?:^|\n)[\t\x20]*(?:#{2,}|-{3,}|={3,}|\*{3,})[\t\x20]?(?:end of|begin|start of|end) (?:the )?"
    r"(?:system|context|passages?|documents?|prompt|instructions?|user|retrieved)\b",
    r"(?:^|\n)[\t\x20]*(?:#{2,4}[\t\x20]|\*\*|\[)(?:system|assistant)(?:\*\*|\])?[\t\x20]?:(?:\*\*)?[\t\x20]+(?=\w+[\t\x20]+\w+[\t\x20]+\w+)",
    r"(?:^|\n)[\t\x20]*(?:system|assistant)[\t\x20]?:[\t\x20]+(?:you|your|new|ignore|from|always|never|only|sure|of course)\b",
)
"""Lines that imitate the frame around passages or turns."""

CONTROL = re.compile(
    r"<\|[a-z_]{2,30}\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|</?s>|<(?:bos|eos)>", re.IGNORECASE
)
"""Signs that the templates of chat models use; some servers read them as such wherever they stand."""

FAKE_KEY = re.compile(r"\[(?!0x)(?=[a-z0-9]*[a-z][a-z0-9]*[a-z])(?=[a-z0-9]*\d[a-z0-9]*\d)[a-z0-9]{4}\](?!\()")
"""A citation as this project's prompts ask for it: two letters and two digits in brackets."""

_HOST = r"(?:https?:)?//"
_FIELD = (
    r"(?:\{[^{}\s]{0,60}\}+|%7b|\[[a-z_]{3,40}\]|<[a-z_]{3,40}>|\$\{?[a-z_]{3,40}|"
    r"[a-z_]*(?:secret|history|conversation|question|answer|prompt|context|base64|user_?data|summary)[a-z_]*(?=[\s)&\"'>]))"
)
EXFILTRATION = re.compile(
    rf"!\[[^\]\n]{{0,80}}\]\(\s*<?{_HOST}[^\s)]+[?&][^\s)=]{{1,40}}={_FIELD}"
    rf"|!\[[^\]\n]{{0,80}}\]\(\s*<?{_HOST}[^\s)]*/(?:\{{[^{{}}\s]{{0,60}}\}}|%7b|\[[a-z_]{{3,40}}\])"
    rf"|<img\b[^>]{{0,200}}?src\s*=\s*[\"']?{_HOST}[^\s\"'>]+[?&][^\s\"'>=]{{1,40}}={_FIELD}"
)
"""An image whose address has a place to be filled in: shown, it sends what was filled in to that host."""
