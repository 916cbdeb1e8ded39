"""Source code is cut at its definitions, each under the names of all that holds it."""

import time

import pytest

from rag.chunk.passages import chunk_document
from rag.chunk.settings import ChunkSettings
from rag.read.document import read_document

GO = """\
package ferry

import "errors"

// Crossing is one trip.
type Crossing struct {
\tID string
}

// Delay moves the crossing.
func (c *Crossing) Delay(by time.Duration) error {
\tif by < 0 {
\t\treturn errors.New("negative { delay")
\t}
\treturn nil
}

func Map[T any, U any](xs []T, f func(T) U) []U {
\treturn nil
}
"""
TYPESCRIPT = """\
import { Pool } from "pg";

/** A berth. */
export interface Berth {
  id: number;
}

export abstract class Harbour {
  private berths: Berth[] = [];

  constructor(private pool: Pool) {}

  /** Finds a free berth. */
  public async findBerth(length: number): Promise<Berth | undefined> {
    for (const b of this.berths) {
      if (b.length >= length) { return b; }
    }
    return undefined;
  }

  get size(): number {
    return this.berths.length;
  }
}

export const toll = async (cars: number): Promise<number> => {
  return cars * 12;
};

const helper = function (x) {
  return /[{]/.test(x) ? `${x} {` : '}';
};
"""
RUST = """\
use std::fmt;

/// A ship.
#[derive(Debug)]
pub struct Ship<'a> {
    name: &'a str,
}

impl<'a> Ship<'a> {
    /// Makes one.
    pub fn new(name: &'a str) -> Self {
        Ship { name }
    }
}

impl<'a> fmt::Display for Ship<'a> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.name)
    }
}

mod tests {
    #[test]
    fn sails() {}
}
"""
JAVA = """\
package org.harbour;

/** A terminal. */
@Service("main")
public final class Terminal extends Base implements Dock {
    private final List<Gate> gates = new ArrayList<>();

    /** Opens a gate. */
    @Override
    public Gate open(
            int number,
            boolean wide) throws GateException {
        synchronized (gates) {
            return gates.get(number);
        }
    }

    enum State { OPEN, CLOSED }
}

interface Dock {
    Gate open(int number);
}
"""
C = """\
#include <stdio.h>
#define BODY {

/* A ship. */
typedef struct {
    int length;
} ship_t;

static int
count_ships(const ship_t *all, int n)
{
    for (int i = 0; i < n; i++) {
    }
    return n;
}

int declared_only(int x);
"""
CPP = """\
namespace harbour {

class Crane {
public:
    explicit Crane(int load) : load_(load) {}
    bool lift(int weight) const;
};

bool Crane::lift(int weight) const
{
    return true;
}

template <typename T>
T largest(const std::vector<T>& all)
{
    return all.front();
}

}  // namespace harbour
"""
SQL = """\
-- Where ships lie.
CREATE TABLE IF NOT EXISTS harbour.berths (
    note TEXT DEFAULT 'a; create table no (x)'
);

create or replace function toll(cars integer) returns integer as $$
BEGIN
    RETURN cars * 12;
END;
$$ language plpgsql;

INSERT INTO harbour.berths VALUES ('x');
"""


def definitions(tmp_path, name, code):
    """Return each heading with the first line it covers, the first place only."""
    file = tmp_path / name
    file.write_text(code)
    document = read_document(file)
    found = {}
    for span in document.headings:
        words = document.text[span.start : span.end].strip()
        if words:
            found.setdefault(span.label, words.splitlines()[0])
    return found


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        (
            "a.go",
            GO,
            {
                "Crossing": "// Crossing is one trip.",
                "Crossing.Delay": "// Delay moves the crossing.",
                "Map": "func Map[T any, U any](xs []T, f func(T) U) []U {",
            },
        ),
        (
            "a.ts",
            TYPESCRIPT,
            {
                "Berth": "/** A berth. */",
                "Harbour": "export abstract class Harbour {",
                "Harbour > constructor": "constructor(private pool: Pool) {}",
                "Harbour > findBerth": "/** Finds a free berth. */",
                "Harbour > size": "get size(): number {",
                "toll": "export const toll = async (cars: number): Promise<number> => {",
                "helper": "const helper = function (x) {",
            },
        ),
        (
            "a.rs",
            RUST,
            {
                "Ship": "/// A ship.",
                "Ship > new": "/// Makes one.",
                "Ship > fmt": "fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {",
                "tests": "mod tests {",
                "tests > sails": "#[test]",
            },
        ),
        (
            "A.java",
            JAVA,
            {
                "Terminal": "/** A terminal. */",
                "Terminal > open": "/** Opens a gate. */",
                "Terminal > State": "enum State { OPEN, CLOSED }",
                "Dock": "interface Dock {",
            },
        ),
        ("a.c", C, {"ship_t": "/* A ship. */", "count_ships": "static int"}),
        (
            "a.cpp",
            CPP,
            {
                "harbour": "namespace harbour {",
                "harbour > Crane": "class Crane {",
                "harbour > Crane > Crane": "explicit Crane(int load) : load_(load) {}",
                "harbour > Crane.lift": "bool Crane::lift(int weight) const",
                "harbour > largest": "template <typename T>",
            },
        ),
        (
            "a.sql",
            SQL,
            {
                "harbour.berths": "-- Where ships lie.",
                "toll": "create or replace function toll(cars integer) returns integer as $$",
            },
        ),
    ],
)
def test_definitions_begin_at_their_comments_and_carry_the_names_of_what_holds_them(tmp_path, name, code, expected):
    assert definitions(tmp_path, name, code) == expected


def test_passages_begin_at_definitions_and_no_line_is_lost(tmp_path):
    (tmp_path / "a.ts").write_text(TYPESCRIPT)
    document = read_document(tmp_path / "a.ts")
    chunks = chunk_document(
        document, lambda text: len(text.split()) + 2, ChunkSettings(max_tokens=100, min_characters=0)
    )
    by_heading = {chunk.heading: chunk.text for chunk in chunks}
    assert (
        by_heading["Harbour > findBerth"].startswith("/** Finds")
        and "return undefined;" in by_heading["Harbour > findBerth"]
    )
    together = "".join("".join(chunk.text.split()) for chunk in chunks)
    assert together == "".join(TYPESCRIPT.split())


@pytest.mark.parametrize("name", ["a.ts", "a.rs", "a.c", "a.kt", "a.sql"])
@pytest.mark.parametrize(
    "piece", ["/*", 'r"', "(", "a\n", "{", "}", "class A {", "f(){", "x ", '"""', "$a$"], ids=lambda piece: repr(piece)
)
def test_code_that_never_closes_what_it_opens_costs_no_more_than_its_length(tmp_path, name, piece):
    (tmp_path / name).write_text(piece * 20_000 + "{")
    started = time.process_time()
    read_document(tmp_path / name)
    assert time.process_time() - started < 20
