"""The JSON Schema of each file, from the models: editors complete and check with it."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, core_schema

from bridge.config.reference import FILES, File

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(file: File = "bridge") -> str:
    """Return the schema of `bridge.toml` or of a paper's file as JSON text."""
    content = FILES[file].model_json_schema(schema_generator=_Tidy)
    whole = {"$schema": DIALECT, **content}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class _Tidy(GenerateJsonSchema):
    """Schemas without what TOML does not have (null) and without titles made from names."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        """A key is left out instead of being null."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        """Whoever leaves a key out has no need of a null as its default."""
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described

    def field_title_should_be_set(self, schema: CoreSchema | Any) -> bool:
        """The key itself is title enough."""
        return False
