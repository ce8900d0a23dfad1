"""What may be wrong with a collection's definition (contract §3.2, codes at its end)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oneclick.collections.indexes import Index, parse_index
from oneclick.collections.model import ACTIONS, NAME, TYPES, Collection
from oneclick.collections.options import TOKENS
from oneclick.collections.providers import CheckProvider, check_oauth2
from oneclick.errors import FieldErrors, field_error
from oneclick.fields import Field, RelationField

RESERVED_FIELDS = ("passwordConfirm", "oldPassword")
INTERNAL_TABLES = ("_collections", "_params", "_schedules", "alembic_version")
LONGEST_NAME = {"sqlite": 255, "postgresql": 63}
"""PostgreSQL cuts longer names off in silence."""

CheckRule = Callable[[Collection, str], None]
"""Raises an exception when a rule cannot be resolved against a collection."""


class Check:
    """One validation: of ``new`` (which was ``old``), among ``others``."""

    def __init__(
        self,
        new: Collection,
        old: Collection | None,
        others: Iterable[Collection],
        dialect: str,
        check_rule: CheckRule,
        check_provider: CheckProvider,
    ) -> None:
        self.new, self.old, self.dialect = new, old, dialect
        self.others = [collection for collection in others if collection.id != new.id or old is None]
        self.check_rule, self.check_provider = check_rule, check_provider

    def errors(self) -> FieldErrors:
        """Return the errors by option; empty when all is well."""
        parts: dict[str, FieldErrors | None] = {
            "id": self._id(),
            "name": self._name(),
            "type": self._type(),
            "system": self._system(),
            "fields": self._fields(),
            "indexes": self._indexes(),
        }
        parts |= {f"{action}Rule": self._rule(action) for action in ACTIONS}
        if self.new.is_auth:
            parts |= self._auth()
        return {name: problem for name, problem in parts.items() if problem}

    def _id(self) -> FieldErrors | None:
        taken = any(self.new.id in (other.id, other.name) for other in self.others)
        if taken or not NAME.fullmatch(self.new.id) or len(self.new.id) > 100:
            return field_error("validation_invalid_or_existing_id", "The model id is invalid or already exists")
        return None

    def _name(self) -> FieldErrors | None:
        name, longest = self.new.name, LONGEST_NAME[self.dialect]
        if not name:
            return _required()
        if len(name) > longest:
            text = f"The length must be between 1 and {longest}"
            return field_error("validation_length_out_of_range", text, {"min": 1, "max": longest})
        if not NAME.fullmatch(name):
            return _invalid_format()
        if "_via_" in name.lower():
            return field_error("validation_found_via", 'The value cannot contain "_via_"')
        if self.old is not None and self.old.system and name != self.old.name:
            return field_error("validation_collection_system_name_change", "System collection name cannot be changed")
        if any(other.name.lower() == name.lower() for other in self.others):
            return field_error("validation_collection_name_exists", "Collection name must be unique (case insensitive)")
        if any(other.id == name for other in self.others):
            text = "The name must not match an existing collection id"
            return field_error("validation_collection_name_id_duplicate", text)
        internal = name.lower().startswith(("sqlite_", "pg_")) or name.lower() in INTERNAL_TABLES
        if internal and (self.old is None or self.old.name != name):
            return field_error(
                "validation_collection_name_invalid", "The name shouldn't match with an existing internal table"
            )
        return None

    def _type(self) -> FieldErrors | None:
        if self.new.type not in TYPES or self.new.is_view:
            return field_error("validation_in_invalid", "Must be a valid value")
        if self.old is not None and self.old.type != self.new.type:
            return field_error("validation_collection_type_change", "Collection type cannot be changed")
        return None

    def _system(self) -> FieldErrors | None:
        if self.old is not None and self.old.system != self.new.system:
            return field_error("validation_collection_system_flag_change", "System collection flag cannot be changed")
        return None

    def _rule(self, action: str) -> FieldErrors | None:
        rule = self.new.rules.get(action)
        if self.old is not None and self.old.system and rule != self.old.rules.get(action):
            return field_error(
                "validation_collection_system_rule_change", "System collection API rule cannot be changed"
            )
        return self._rule_text(rule)

    def _rule_text(self, rule: str | None) -> FieldErrors | None:
        if not rule:
            return None
        try:
            self.check_rule(self.new, rule)
        except Exception as error:  # noqa: BLE001 whatever the filter language says about it
            return field_error("validation_invalid_rule", f"Invalid rule. Raw error: {error}")
        return None

    def _fields(self) -> FieldErrors | None:
        errors: FieldErrors = {}
        ids = Counter(field.id for field in self.new.fields)
        names = Counter(field.name.lower() for field in self.new.fields)
        before = {field.id: field for field in self.old.fields} if self.old is not None else {}
        for position, field in enumerate(self.new.fields):
            problem: dict[str, FieldErrors] = field.check_options()
            if ids[field.id] > 1:
                problem["id"] = field_error(
                    "validation_duplicated_field_id", f"Duplicated or invalid field id {field.id}"
                )
            if names[field.name.lower()] > 1:
                problem["name"] = field_error(
                    "validation_duplicated_field_name", f"Duplicated or invalid field name {field.name}"
                )
            elif self.new.is_auth and field.name in RESERVED_FIELDS:
                problem["name"] = field_error("validation_reserved_field_name", "Reserved field name")
            elif len(field.name) > LONGEST_NAME[self.dialect]:
                problem["name"] = field_error("validation_length_out_of_range", "The name is too long")
            problem |= _change_problem(before.get(field.id), field) | self._relation_problem(field)
            if problem:
                errors[str(position)] = problem
        if not errors and not any(getattr(field, "primary_key", False) for field in self.new.fields):
            return field_error("validation_missing_primary_key", "Missing or invalid primary key")
        return errors or None

    def _relation_problem(self, field: Field) -> dict[str, FieldErrors]:
        if not isinstance(field, RelationField) or not field.collection_id:
            return {}
        targets = [other for other in (*self.others, self.new) if other.id == field.collection_id]
        if not targets:
            text = "The relation collection doesn't exist"
            return {"collectionId": field_error("validation_field_relation_missing_collection", text)}
        if targets[0].is_view and not self.new.is_view:
            text = "Only view collections may have a relation to a view"
            return {"collectionId": field_error("validation_relation_field_non_view_base_collection", text)}
        return {}

    def _indexes(self) -> FieldErrors | None:
        errors: FieldErrors = {}
        foreign = {index.name.lower() for other in self.others for index in other.parsed_indexes}
        names: set[str] = set()
        signatures: set[tuple[object, ...]] = set()
        parsed: list[Index] = []
        for position, text in enumerate(self.new.indexes):
            try:
                index = parse_index(text)
            except ValueError:
                errors[str(position)] = field_error(
                    "validation_invalid_index_expression", "Invalid CREATE INDEX expression"
                )
                continue
            if index.name.lower() in names:
                errors[str(position)] = field_error("validation_duplicated_index_name", "The index name already exists")
            elif index.name.lower() in foreign:
                errors[str(position)] = field_error("validation_existing_index_name", "The index name is already used")
            elif index.signature in signatures:
                errors[str(position)] = field_error(
                    "validation_duplicated_index_definition", "The index is already defined"
                )
            names.add(index.name.lower())
            signatures.add(index.signature)
            parsed.append(index)
        return errors or self._required_indexes(parsed)

    def _required_indexes(self, indexes: list[Index]) -> FieldErrors | None:
        if not self.new.is_auth:
            return None
        unique = {index.column_names for index in indexes if index.unique}
        for name in ("tokenKey", "email"):
            if (name,) not in unique:
                return field_error(
                    "validation_missing_required_unique_index", f'Missing required unique index for field "{name}"'
                )
        return None

    def _auth(self) -> dict[str, FieldErrors | None]:
        options = self.new.options
        found: dict[str, FieldErrors | None] = {
            "authRule": self._rule_text(options["authRule"]),
            "manageRule": self._rule_text(options["manageRule"]),
            "passwordAuth": self._password_auth(options["passwordAuth"]),
            "oauth2": self._oauth2(options["oauth2"]),
        }
        if options["manageRule"] == "":
            found["manageRule"] = field_error("validation_nil_or_not_empty_required", "Must be null or not empty")
        for name in TOKENS:
            found[name] = _token_problem(options[name])
        return found

    def _oauth2(self, options: Any) -> FieldErrors | None:
        before = self.old.options["oauth2"]["providers"] if self.old is not None and self.old.is_auth else []
        return check_oauth2(options, before, self.check_provider)

    def _password_auth(self, options: Mapping[str, Any]) -> FieldErrors | None:
        if not options.get("enabled"):
            return None
        names = options.get("identityFields") or []
        if not names:
            return {"identityFields": _required()}
        for name in names:
            if self.new.field(name) is None:
                return {"identityFields": field_error("validation_missing_field", f'Missing or invalid field "{name}"')}
            if name not in self.new.unique_fields:
                text = f'The field "{name}" doesn\'t have a UNIQUE constraint'
                return {"identityFields": field_error("validation_missing_unique_constraint", text)}
        return None


def _change_problem(old: Field | None, new: Field) -> dict[str, FieldErrors]:
    """Return what may not be changed in a field."""
    if old is None:
        return {}
    if old.type != new.type:
        return {"type": field_error("validation_field_type_change", "Field type cannot be changed")}
    if old.system and (old.name, old.system) != (new.name, new.system):
        return {"name": field_error("validation_system_field_change", "System fields cannot be changed")}
    if isinstance(old, RelationField) and isinstance(new, RelationField) and old.collection_id != new.collection_id:
        text = "The relation collection cannot be changed"
        return {"collectionId": field_error("validation_field_relation_change", text)}
    return {}


def _token_problem(token: Mapping[str, Any]) -> FieldErrors | None:
    problems: FieldErrors = {}
    secret, duration = token.get("secret") or "", token.get("duration") or 0
    if not secret:
        problems["secret"] = _required()
    elif not 30 <= len(secret) <= 255:
        text = "The length must be between 30 and 255"
        problems["secret"] = field_error("validation_length_out_of_range", text, {"min": 30, "max": 255})
    if not isinstance(duration, (int, float)) or not 10 <= duration <= 94_670_856:
        text = "Must be no less than 10"
        problems["duration"] = field_error("validation_min_greater_equal_than_required", text, {"threshold": 10})
    return problems or None


def _required() -> FieldErrors:
    return field_error("validation_required", "Cannot be blank")


def _invalid_format() -> FieldErrors:
    return field_error("validation_match_invalid", "Must be in a valid format")
