"""What definitions look like in the syntax trees of each language: kinds of nodes, as its grammar names them."""

from __future__ import annotations

from dataclasses import dataclass, field

_TYPES_OF_C = frozenset({"struct_specifier", "union_specifier", "enum_specifier", "class_specifier"})


@dataclass(frozen=True, slots=True)
class Grammar:
    """The grammar that `function` of `module` gives, and the kinds of its nodes that matter.

    `holders` are definitions that hold others, `leaves` are those that hold none. Others are looked for in `lists`,
    and in `wrappers`, which belong to the definition in them, as ``export`` does. In `assigned` a function gets its
    name from a field: kind of node → (field of the name, field of the function).
    """

    module: str
    holders: frozenset[str]
    leaves: frozenset[str]
    lists: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()
    assigned: dict[str, tuple[str, str]] = field(default_factory=dict)
    function: str = "language"


def _kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SCRIPT_HOLDERS = _kinds("class_declaration class")
_SCRIPT_LEAVES = _kinds("function_declaration generator_function_declaration method_definition")
_SCRIPT_LISTS = _kinds("class_body statement_block")
_SCRIPT_WRAPPERS = _kinds("export_statement lexical_declaration variable_declaration expression_statement")
_SCRIPT_ASSIGNED = {
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
    "field_definition": ("property", "value"),
    "public_field_definition": ("name", "value"),
    "export_statement": ("", "value"),
}
_TYPED_LEAVES = _kinds("interface_declaration type_alias_declaration enum_declaration")

C = Grammar(
    "tree_sitter_c",
    holders=frozenset(),
    leaves=_kinds("function_definition") | _TYPES_OF_C,
    lists=_kinds("preproc_if preproc_ifdef preproc_else preproc_elif linkage_specification declaration_list"),
    wrappers=_kinds("type_definition declaration"),
)
CPP = Grammar(
    "tree_sitter_cpp",
    holders=_kinds("namespace_definition") | _TYPES_OF_C,
    leaves=_kinds("function_definition concept_definition"),
    lists=C.lists | {"field_declaration_list"},
    wrappers=C.wrappers | _kinds("template_declaration field_declaration friend_declaration"),
)
C_SHARP = Grammar(
    "tree_sitter_c_sharp",
    holders=_kinds(
        "namespace_declaration class_declaration struct_declaration interface_declaration record_declaration"
        " record_struct_declaration"
    ),
    leaves=_kinds(
        "enum_declaration method_declaration constructor_declaration destructor_declaration operator_declaration"
        " conversion_operator_declaration indexer_declaration delegate_declaration"
    ),
    lists=_kinds("declaration_list preproc_if preproc_else preproc_elif"),
)
GO = Grammar(
    "tree_sitter_go",
    holders=frozenset(),
    leaves=_kinds("function_declaration method_declaration type_spec type_alias"),
    wrappers=_kinds("type_declaration"),
)
JAVA = Grammar(
    "tree_sitter_java",
    holders=_kinds(
        "class_declaration interface_declaration enum_declaration record_declaration annotation_type_declaration"
    ),
    leaves=_kinds("method_declaration constructor_declaration compact_constructor_declaration"),
    lists=_kinds("class_body interface_body enum_body enum_body_declarations annotation_type_body"),
)
JAVASCRIPT = Grammar(
    "tree_sitter_javascript",
    holders=_SCRIPT_HOLDERS,
    leaves=_SCRIPT_LEAVES,
    lists=_SCRIPT_LISTS,
    wrappers=_SCRIPT_WRAPPERS,
    assigned=_SCRIPT_ASSIGNED,
)
KOTLIN = Grammar(
    "tree_sitter_kotlin",
    holders=_kinds("class_declaration object_declaration companion_object"),
    leaves=_kinds("function_declaration secondary_constructor"),
    lists=_kinds("class_body enum_class_body"),
)
PHP = Grammar(
    "tree_sitter_php",
    holders=_kinds("class_declaration interface_declaration trait_declaration enum_declaration namespace_definition"),
    leaves=_kinds("function_definition method_declaration"),
    lists=_kinds("declaration_list enum_declaration_list compound_statement"),
    function="language_php",
)
RUBY = Grammar(
    "tree_sitter_ruby",
    holders=_kinds("module class singleton_class"),
    leaves=_kinds("method singleton_method"),
    lists=_kinds("body_statement"),
    wrappers=_kinds("call argument_list"),
)
RUST = Grammar(
    "tree_sitter_rust",
    holders=_kinds("impl_item trait_item mod_item"),
    leaves=_kinds("struct_item enum_item union_item function_item macro_definition"),
    lists=_kinds("declaration_list foreign_mod_item"),
)
SCALA = Grammar(
    "tree_sitter_scala",
    holders=_kinds("object_definition class_definition trait_definition enum_definition given_definition"),
    leaves=_kinds("function_definition extension_definition"),
    lists=_kinds("template_body with_template_body enum_body package_clause"),
)
SWIFT = Grammar(
    "tree_sitter_swift",
    holders=_kinds("class_declaration protocol_declaration"),
    leaves=_kinds("function_declaration init_declaration deinit_declaration"),
    lists=_kinds("class_body enum_class_body protocol_body"),
)
TYPESCRIPT = Grammar(
    "tree_sitter_typescript",
    holders=_SCRIPT_HOLDERS | _kinds("abstract_class_declaration module internal_module"),
    leaves=_SCRIPT_LEAVES | _TYPED_LEAVES,
    lists=_SCRIPT_LISTS,
    wrappers=_SCRIPT_WRAPPERS | {"ambient_declaration"},
    assigned=_SCRIPT_ASSIGNED,
    function="language_typescript",
)
TSX = Grammar(
    TYPESCRIPT.module,
    TYPESCRIPT.holders,
    TYPESCRIPT.leaves,
    TYPESCRIPT.lists,
    TYPESCRIPT.wrappers,
    TYPESCRIPT.assigned,
    "language_tsx",
)
