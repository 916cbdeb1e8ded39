"""No package that this project brings along has a licence that binds its users: none is GPL, AGPL, BUSL or unknown."""

import re
from importlib.metadata import PackageMetadata, distributions

import pytest

from tests.licences import ALLOWED, LOOKED_AT, LOOKED_AT_FAMILIES, NAMES


def words(metadata: PackageMetadata) -> list[str]:
    """What a package says of its licence: the SPDX expression, else its own words, else the classifiers.

    Some give the whole text of the licence as their own words: its title, in the first line, counts where there is one.
    """
    own = (metadata.get("License-Expression") or metadata.get("License") or "").strip()
    title = own.partition("\n")[0].strip()
    if title and (title == own or title.lower() in NAMES):
        return [title]
    lines = [line.split(" :: ") for line in metadata.get_all("Classifier") or ()]
    return [line[-1] for line in lines if line[0] == "License" and len(line) > 2]


def is_allowed(text: str) -> bool:
    """Whether all parts of an expression are allowed; of alternatives one is enough."""
    known = NAMES.get(text.strip().lower(), text)
    return all(
        any(choice.strip(" ()") in ALLOWED for choice in re.split(r"\s+OR\s+", part))
        for part in re.split(r"\s+AND\s+", known)
    )


def name_of(metadata: PackageMetadata) -> str:
    return re.sub(r"[-_.]+", "-", metadata["Name"]).lower()


def installed() -> dict[str, PackageMetadata]:
    return {name_of(found.metadata): found.metadata for found in distributions()}


def passes(metadata: PackageMetadata) -> bool:
    said = words(metadata)
    return bool(said) and all(map(is_allowed, said))


def test_every_installed_package_has_a_licence_that_may_be_here():
    strays = {
        name: words(metadata)
        for name, metadata in installed().items()
        if not passes(metadata) and name not in LOOKED_AT and not name.startswith(tuple(LOOKED_AT_FAMILIES))
    }
    assert strays == {}


def test_the_list_of_packages_looked_at_holds_none_that_passes_by_itself():
    there = installed()
    assert {name for name in LOOKED_AT if name in there and passes(there[name])} == set()


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only OR MIT", True),
        ("Apache Software License", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("AGPL-3.0-only", False),
        ("LGPL-3.0-only", False),
        ("BUSL-1.1", False),
        ("Elastic-2.0", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("Other/Proprietary License", False),
        ("see LICENSE", False),
    ],
)
def test_licences_are_told_apart(text, allowed):
    assert is_allowed(text) == allowed
