"""A small handbook, and what its log holds."""

from data.log import InteractionLog

OIL = "How often is the lubricating oil changed?"


TEXTS = {
    "oil.md": "# Oil\n\nThe lubricating oil is changed every 500 hours. The engineer may ask for it earlier.\n",
    "luggage.md": "# Luggage\n\nEach passenger may take one bag of up to 8 kg on board. A second bag costs €15.\n",
}


def rows(folder):
    log = InteractionLog.at_path(folder / "handbook" / ".rag" / "log.sqlite")
    try:
        return list(log.read()), log.scores()
    finally:
        log.close()


async def read(begin):
    stream = begin()
    return [piece async for piece in stream], stream
