"""Where the extra `code` is installed, the grammar of the language tells definitions; else their shape does."""

import sys
import time
from pathlib import Path

import pytest

from rag.chunk.passages import chunk_document
from rag.chunk.settings import ChunkSettings
from rag.read.code import grammars, syntax
from rag.read.code.grammars import Grammar
from rag.read.code.source import definitions_told_by
from rag.read.document import parse_document, read_document
from rag.read.readers import READERS
from tests.rag.read.code.test_source import CPP, GO, JAVA, RUST, TYPESCRIPT, C

GRAMMARS = {name: grammar for name, grammar in vars(grammars).items() if isinstance(grammar, Grammar)}
EXTENSIONS = {
    "C": ".c", "CPP": ".cpp", "C_SHARP": ".cs", "GO": ".go", "JAVA": ".java", "JAVASCRIPT": ".js", "KOTLIN": ".kt",
    "PHP": ".php", "RUBY": ".rb", "RUST": ".rs", "SCALA": ".scala", "SWIFT": ".swift", "TSX": ".tsx",
    "TYPESCRIPT": ".ts",
}  # fmt: skip


@pytest.fixture
def without_grammars(monkeypatch):
    """As if the extra was not installed."""
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    syntax._language.cache_clear()
    yield
    syntax._language.cache_clear()


def read(name, code):
    return parse_document(code.encode(), Path(name))


def headings(name, code):
    document = read(name, code)
    return list(dict.fromkeys(span.label for span in document.headings)), definitions_told_by(document.media_type)


def test_every_grammar_is_installed_with_the_tests_and_reads_a_language():
    assert set(EXTENSIONS) == set(GRAMMARS)
    assert set(EXTENSIONS.values()) <= READERS.extensions
    for name, extension in EXTENSIONS.items():
        assert definitions_told_by(read(f"a{extension}", "words\n").media_type) in ("grammar", "shape"), name
        assert syntax.grammar_marks("", GRAMMARS[name]) == []


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        (
            "a.ts",
            "class A {\n  a(): string {\n    return `${this.b({ c: `}` })} }`;\n  }\n\n"
            '  @dec({ x: "}" })\n  b(o: object) {\n'
            "    return o as Map<string, Array<Set<number>>>;\n  }\n}\n\nfunction f() {}\n",
            ["A", "A > a", "A > b", "f"],
        ),
        (
            "a.js",
            "class A {\n  a(x) {\n    return x ? /[}{]/ : `{${`}`}`;\n  }\n  b = () => {};\n}\n"
            "exports.q = function () {};\n",
            ["A", "A > a", "A > b", "exports.q"],
        ),
        (
            "a.tsx",
            "export const Ship = ({ name }: Props) => {\n  return <p>{name} it's {'}'}</p>;\n};\n\nfunction f() {}\n",
            ["Ship", "f"],
        ),
        (
            "a.rs",
            "impl<T: Into<Vec<Option<u8>>>> Ship<T> where T: Clone {\n    fn a(&self) -> &'static str {\n"
            '        r##"}"# {"##\n    }\n\n    #[test]\n    fn b() {}\n}\n\n'
            "macro_rules! m { ($x:expr) => { { $x } } }\n",
            ["Ship", "Ship > a", "Ship > b", "m"],
        ),
        (
            "A.java",
            '@Path("/{id}")\nclass A<T extends Map<String, List<T>>> {\n    String a = """\n'
            '        } " class No {\n        """;\n'
            '    @Get("}")\n    <U> List<Map<U, T>> b(U u) { return null; }\n}\n',
            ["A", "A > b"],
        ),
        (
            "a.cs",
            'class A {\n    string a = @"} "" {";\n    string b() => $"{{ {a} }}";\n'
            "    void C<T>() where T : IEnumerable<List<T>> {}\n}\n",
            ["A", "A > b", "A > C"],
        ),
        (
            "a.cpp",
            'namespace n {\nstd::map<int, std::vector<int>> f() { return R"x(})" {)x"; }\n\nclass A {\n'
            "public:\n    ~A() {}\n};\n}\n",
            ["n", "n > f", "n > A", "n > A > ~A"],
        ),
        ("a.c", "#define OPEN {\nint (*pick(int a))(int) {\n    return '}' + a;\n}\n\nint no(int);\n", ["pick"]),
        (
            "a.go",
            "package a\n\ntype (\n\tA struct{ f func() }\n\tB interface{ C() }\n)\n\n"
            'func (a *A[T, U]) M() string {\n\treturn `}` + "{"\n}\n',
            ["A", "B", "A.M"],
        ),
        (
            "a.kt",
            'class A {\n    fun a() = "${listOf("}").map { "{$it" }}"\n\n    companion object {\n'
            "        fun b() {}\n    }\n}\n",
            ["A", "A > a", "A > Companion", "A > Companion > b"],
        ),
        (
            "a.rb",
            'module A\n  class B < C\n    def a\n      "end #{[1].map { |x| "}" }}"\n    end\n\n'
            "    def self.b; end\n  end\nend\n",
            ["A", "A > B", "A > B > a", "A > B > b"],
        ),
        (
            "a.php",
            "<?php\nclass A {\n    function a() {\n        return <<<X\n    }\n    function no() {\n"
            "    X;\n    }\n    #[B('}')]\n    function b() {}\n}\n",
            ["A", "A > a", "A > b"],
        ),
        (
            "a.swift",
            'class A {\n    func a() -> String {\n        return "\\(f { "}" }) {"\n    }\n'
            "    init() {}\n}\n\nextension A { func b() {} }\n",
            ["A", "A > a", "A > init", "A > b"],
        ),
        (
            "a.scala",
            'object A {\n  def a: String = s"${f { "}" }} {"\n\n  trait B { def c = 1 }\n}\n',
            ["A", "A > a", "A > B", "A > B > c"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 9 else "",
)
def test_braces_in_strings_templates_generics_and_decorators_mislead_no_grammar(name, code, expected):
    assert headings(name, code) == (expected, "grammar")


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.go", GO), ("a.ts", TYPESCRIPT), ("a.rs", RUST), ("A.java", JAVA), ("a.c", C), ("a.cpp", CPP)],
    ids=["go", "ts", "rs", "java", "c", "cpp"],
)
def test_plain_code_is_cut_alike_with_and_without_the_grammar(name, code, request):
    with_it = read(name, code)
    request.getfixturevalue("without_grammars")
    without = read(name, code)
    assert (definitions_told_by(with_it.media_type), definitions_told_by(without.media_type)) == ("grammar", "shape")
    places, others = ([(span.label, span.start) for span in read.headings] for read in (with_it, without))
    assert places == others


def test_without_the_extra_template_literals_mislead_the_shape(without_grammars):
    found, told = headings("a.js", "const a = () => `${`{`}`;\nfunction f() {}\n\nfunction g() {}\n")
    assert told == "shape" and found != ["a", "f", "g"]


def test_names_and_places_are_right_beside_letters_of_several_bytes(tmp_path):
    (tmp_path / "a.go").write_text(
        'package a\n\n// Причал — 岸壁 🚢.\nfunc Причал() string {\n\treturn "🚢}"\n}\n\nfunc G() {}\n'
    )
    document = read_document(tmp_path / "a.go")
    first, second = [document.text[span.start : span.end].strip() for span in document.headings]
    assert first.startswith("// Причал — 岸壁") and first.endswith('"🚢}"\n}') and second == "func G() {}"
    assert [span.label for span in document.headings] == ["Причал", "G"]


@pytest.mark.parametrize("name", ["a.ts", "a.go", "A.java", "a.rs", "a.cpp"])
def test_of_broken_code_what_is_whole_is_found(name):
    code = {"a.ts": TYPESCRIPT, "a.go": GO, "A.java": JAVA, "a.rs": RUST, "a.cpp": CPP}[name]
    whole, _ = headings(name, code)
    found, told = headings(name, code + "\n}}} )( class {{ <<< ;;\n")
    assert (set(whole) <= set(found), told) == (True, "grammar")


def test_what_is_no_code_of_the_language_is_read_by_its_shape():
    assert headings("a.java", ")] }( " * 40)[1] == "shape"


def test_a_text_that_is_too_long_or_takes_too_long_is_read_by_its_shape():
    assert syntax.grammar_marks(GO, grammars.GO, largest=len(GO.encode())) is not None
    assert syntax.grammar_marks(GO, grammars.GO, largest=len(GO.encode()) - 1) is None
    ticks = iter(range(0, 10**9, 1000))
    assert syntax.grammar_marks(GO, grammars.GO, clock=lambda: next(ticks)) is None


@pytest.mark.parametrize(("grammar", "piece"), [("GO", "case a:"), ("JAVASCRIPT", "case a:"), ("RUST", '"""')])
def test_a_text_whose_parse_would_not_end_is_given_up(grammar, piece):
    started = time.thread_time()
    syntax.grammar_marks(piece * 15_000, GRAMMARS[grammar])
    assert time.thread_time() - started < 10


@pytest.mark.parametrize("opened", ["class A {", "{", "(", "if (a) {", "class A { void f() {"])
@pytest.mark.parametrize("name", ["A.java", "a.cpp", "a.ts", "a.cs"])
def test_deep_nesting_is_read_within_bounds(name, opened):
    document = read(name, opened * 20_000)
    assert all(span.label.count(" > ") < syntax.DEEPEST for span in document.headings)


def test_a_megabyte_of_code_is_read_by_its_grammar_and_loses_no_line():
    code = GO.partition("// Crossing")[2].replace("is one", "// is one", 1) * 3500
    assert len(code) > 900_000
    document = read("a.go", "package a\n" + code)
    assert definitions_told_by(document.media_type) == "grammar"
    assert sum(span.label == "Map" for span in document.headings) == 3500


def test_passages_of_code_read_by_grammar_lose_no_line():
    document = read("a.cpp", CPP)
    cut = chunk_document(document, lambda text: len(text.split()) + 2, ChunkSettings(max_tokens=60, min_characters=0))
    assert "".join("".join(chunk.text.split()) for chunk in cut) == "".join(CPP.split())
