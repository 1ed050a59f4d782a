"""Holds outputs of the programs to their published schemas (docs/reference/schemas), which are JSON Schema 2020-12.

usage: validate.py NAME FILE…      each line of the files is a document of NAME.schema.json
       validate.py --schemas       every schema is a valid and strict one, and every code of the check is in it
       validate.py --self NAME FILE…   the same, and each document is spoilt in every place: none may stay valid
"""

import copy
import json
import pathlib
import re
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/reference/schemas"
SCHEMAS = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.schema.json")}
STORE = {schema["$id"]: schema for schema in SCHEMAS.values()}
# Parts whose members follow from other documents: the fields of record lines and of the site file.
OPEN = {"line", "site_file", "lines", "last_import"}


def validator(name):
    schema = SCHEMAS[name + ".schema.json"]
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=STORE)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def objects_of(schema, path=""):
    """Every schema that describes the members of an object, with where it stands."""
    if isinstance(schema, dict):
        if "properties" in schema and path.rsplit("/", 1)[-1] not in ("if", "then", "else"):
            yield path, schema
        for key, inner in schema.items():
            yield from objects_of(inner, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from objects_of(inner, f"{path}/{index}")


def check_schemas():
    for name, schema in sorted(SCHEMAS.items()):
        jsonschema.Draft202012Validator.check_schema(schema)
        for path, inner in objects_of(schema):
            if not OPEN & set(path.split("/")) and inner.get("additionalProperties") is not False:
                yield f"{name}{path}: says nothing about further members"
            lacking = set(inner.get("required", [])) - set(inner["properties"])
            if lacking:
                yield f"{name}{path}: demands {sorted(lacking)} without describing them"
    code = (ROOT / "verifier/check/finding.cpp").read_text(encoding="utf-8")
    known = re.findall(r'\{Code::\w+, "([A-Z_]+)"', code)
    published = SCHEMAS["types.schema.json"]["$defs"]["check_code"]["enum"]
    if not known or known != published:
        yield f"the published codes are not those of the check: {sorted(set(known) ^ set(published))}"


def spoilt(document, path=()):
    """Copies of the document, each wrong in one place."""
    def put(value):
        copied = copy.deepcopy(document)
        inner = copied
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        return copied

    value = document
    for step in path:
        value = value[step]
    if OPEN & {step for step in path if isinstance(step, str)}:
        return
    where = "/".join(map(str, path))
    if path:
        yield where, put({"unheard": "of"}) if not isinstance(value, dict) else put(7)
    if isinstance(value, dict):
        listing = path and path[-1] in ("types", "fields", "values")
        for key in list(value)[:2] if listing else value: # the rest is alike
            yield from spoilt(document, path + (key,))
        if not listing:
            added = {**value, "unheard_of": 1}
            yield where + "/unheard_of", put(added) if path else added
    elif isinstance(value, list):
        for index in range(min(len(value), 2)):  # the rest is alike
            yield from spoilt(document, path + (index,))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield where, put(str(value))
    elif isinstance(value, str):
        yield where, put(1)


def documents(paths):
    for path in paths:
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
        if not lines:
            sys.exit(f"{path}: nothing to validate")
        for number, line in enumerate(lines, 1):
            yield f"{path}:{number}", json.loads(line)


def main(words):
    if words == ["--schemas"]:
        found = list(check_schemas())
        print("\n".join(found) if found else f"{len(SCHEMAS)} schemas, valid and strict")
        return 1 if found else 0
    spoil = words[0] == "--self"
    name, *paths = words[1:] if spoil else words
    judge = validator(name)
    faults, count, wrong = [], 0, 0
    for where, document in documents(paths):
        count += 1
        faults += [f"{where}: /{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in judge.iter_errors(document)]
        for what, bad in spoilt(document) if spoil else ():
            wrong += 1
            if judge.is_valid(bad):
                faults.append(f"{where}: still valid with {what} spoilt")
    print("\n".join(faults[:20]) if faults else f"{name}: {count} documents valid, {wrong} spoilt ones refused")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
