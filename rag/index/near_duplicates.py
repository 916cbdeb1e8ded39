"""Near-duplicate passages: found when a revision is published, collapsed when it is searched.

The same passage often stands in several files, as boilerplate or as versions of one document, and would fill the whole
result of a search. Each revision therefore stores its families of near-duplicates. A family has a leader, and all its
members are like the leader itself. So no chain of small changes joins texts which are far apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

import numpy as np

from data.records import Chunk, Hit
from rag.chunk import passage_key
from rag.index.minhash import BANDS, SAME, bucket_codes, buckets, shingles, similarity, sketch
from rag.store import (
    Catalog,
    IndexedPassage,
    Revision,
    Selection,
    add_sketches,
    families_of,
    families_wanted,
    members_of,
    read_sketches,
    read_text,
    visible_without_sketch,
    want_families,
    without_sketch,
    write_families,
)

_LEADERS_TRIED = 20
"""How many leaders of one bucket a text is compared with: a bound for corpora of form letters."""
_AT_ONCE = 500
_SETS_KEPT = 1000


def collapse_near_duplicates(catalog: Catalog, wanted: bool) -> None:
    """Collapse near-duplicates from now on, or leave each a hit of its own; the published revision follows at once."""
    if families_wanted(catalog) == wanted:
        return
    with catalog.writing():
        want_families(catalog, wanted)
        current = catalog.current()
        if current is not None:
            record_near_duplicates(catalog, current.generation, current.id)


def record_near_duplicates(catalog: Catalog, generation: int, revision: int) -> None:
    """Store the families of near-duplicates of a revision, inside the caller's transaction; none when switched off.

    They follow from the texts alone, whatever the steps in which the index was built.
    """
    if not families_wanted(catalog):
        write_families(catalog, revision, ())
        return
    add_sketches(catalog, _sketches(catalog, visible_without_sketch(catalog, generation, revision)))
    alike = _sharing_a_bucket(lambda: read_sketches(catalog, generation, revision))
    write_families(catalog, revision, _families(alike, _shingle_reader(catalog)))


def sketch_ahead(catalog: Catalog, chunks: Mapping[str, Chunk]) -> list[tuple[str, bytes]]:
    """Return the sketches that passages, given by key, lack; none when near-duplicates are not collapsed.

    They are made before the revision is published: the embedder is at work then, and the writer of the index would
    wait for it.
    """
    new = without_sketch(catalog, list(chunks)) if families_wanted(catalog) else []
    return [(key, sketch(chunks[key].text, chunks[key].heading)) for key in new]


def _sketches(catalog: Catalog, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    return ((key, sketch(*read_text(catalog, key))) for key in keys)


def _shingle_reader(catalog: Catalog) -> Callable[[str], frozenset[str]]:
    """Return what gives the shingles of a passage by key: only those used last are kept, as all of them are large."""

    @lru_cache(maxsize=_SETS_KEPT)
    def read(key: str) -> frozenset[str]:
        return shingles(read_text(catalog, key)[0])

    return read


def collapse(
    catalog: Catalog, visible: Catalog | Selection, revision: Revision, hits: Sequence[Hit], k: int
) -> list[Hit]:
    """Return the best `k` of `hits`, of each family those of one source, with the other sources that hold the passage.

    The best hit of a family decides which source that is: the question chooses between versions. Within one source
    equal words at two places mean two things ("Level 1 > Throttling", "Level 2 > Throttling"): these stay apart. Only
    sources in `visible`, what the search was allowed to see, are named.
    """
    keys = [passage_key(hit.chunk) for hit in hits]
    families = families_of(catalog, revision.id, keys)
    home: dict[str, str] = {}
    kept: list[tuple[str, Hit]] = []
    for key, hit in zip(keys, hits, strict=True):
        family = families.get(key, key)
        if len(kept) < k and home.setdefault(family, hit.chunk.source) == hit.chunk.source:
            kept.append((family, hit))
    named = {family for family, _ in kept}
    members = members_of(catalog, revision.id, sorted(named))
    members |= {key: families.get(key, key) for key in keys if families.get(key, key) in named}
    places = visible.passages(revision.generation, revision.id, "key", list(members))
    return [_with_places(hit, family, members, places) for family, hit in kept]


def _with_places(hit: Hit, family: str, members: dict[str, str], places: Sequence[IndexedPassage]) -> Hit:
    sources = {place.chunk.source for place in places if members[place.key] == family}
    return replace(hit, also_in=tuple(sorted(sources - {hit.chunk.source})))


def _sharing_a_bucket(rows: Callable[[], Iterator[tuple[str, bytes]]]) -> dict[str, bytes]:
    """Return the sketches that share a bucket with another, in the order given; `rows` are read twice, not held."""
    unread, blocks = rows(), [np.empty((0, BANDS), np.uint64)]
    while batch := list(islice(unread, _AT_ONCE)):
        blocks.append(bucket_codes([packed for _, packed in batch]))
    codes = np.concatenate(blocks)
    shared = np.zeros(len(codes), bool)
    for band in range(BANDS):
        _, place, count = np.unique(codes[:, band], return_inverse=True, return_counts=True)
        shared |= count[place] > 1
    return {key: packed for (key, packed), wanted in zip(rows(), shared, strict=True) if wanted}


def _families(sketches: dict[str, bytes], shingles_of: Callable[[str], frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield key and leader for every member of a family of two or more, the leader included."""
    leaders: dict[bytes, list[str]] = defaultdict(list)
    families: dict[str, list[str]] = {}
    for key, packed in sketches.items():
        own, met = shingles_of(key), list(buckets(packed))
        tried = dict.fromkeys(leader for bucket in met for leader in leaders[bucket][:_LEADERS_TRIED])
        leader = next((other for other in tried if similarity(own, shingles_of(other)) >= SAME), key)
        families.setdefault(leader, []).append(key)
        if leader == key:
            for bucket in met:
                leaders[bucket].append(key)
    for leader, members in families.items():
        if len(members) > 1:
            yield from ((member, leader) for member in members)
