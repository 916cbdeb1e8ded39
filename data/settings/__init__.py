"""What settings of every room are made of: bounds, secrets, and how `rag.toml` and the environment become them."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.settings.fields import (
        Bounds,
        Example,
        FormerName,
        NotEmpty,
        SettingField,
        check,
        kind_in_words,
        rows_of,
        sections_of,
        setting_fields,
    )
    from data.settings.places import DATA_FOLDER, SETTINGS_FILE
    from data.settings.reading import changed_settings, read_settings
    from data.settings.secret import Secret
    from data.settings.template import TEMPLATE_FILE, read_template

__all__ = [
    "DATA_FOLDER",
    "SETTINGS_FILE",
    "TEMPLATE_FILE",
    "Bounds",
    "Example",
    "FormerName",
    "NotEmpty",
    "Secret",
    "SettingField",
    "changed_settings",
    "check",
    "kind_in_words",
    "read_settings",
    "read_template",
    "rows_of",
    "sections_of",
    "setting_fields",
]

__getattr__ = face(
    __name__,
    {
        "fields": [
            "Bounds",
            "Example",
            "FormerName",
            "NotEmpty",
            "SettingField",
            "check",
            "kind_in_words",
            "rows_of",
            "sections_of",
            "setting_fields",
        ],
        "places": ["DATA_FOLDER", "SETTINGS_FILE"],
        "reading": ["changed_settings", "read_settings"],
        "secret": ["Secret"],
        "template": ["TEMPLATE_FILE", "read_template"],
    },
)
