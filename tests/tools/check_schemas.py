"""Judges values by the schemas of an OpenAPI document.

Reads {"document": ..., "cases": [{"schema": {...}, "value": ..., "accepted": bool}, ...]} from a
file and prints, as a JSON list, the cases the schema judges otherwise, each with its `errors`.
"""

import json
import sys

from jsonschema import Draft202012Validator


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    components = given["document"]["components"]
    validators = {}
    different = []
    for case in given["cases"]:
        key = json.dumps(case["schema"], sort_keys=True)
        if key not in validators:
            validators[key] = Draft202012Validator({**case["schema"], "components": components})
        errors = [error.message[:300] for error in validators[key].iter_errors(case["value"])]
        if (not errors) != case["accepted"]:
            different.append({**case, "errors": errors})
    json.dump(different, sys.stdout)


if __name__ == "__main__":
    main()
