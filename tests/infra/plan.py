"""A plan as `terraform show -json` prints it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Resource(NamedTuple):
    """address: without the key that count or for_each adds. values: those that are known before it
    is applied.
    """

    address: str
    key: object
    values: Mapping[str, Any]


class Grant(NamedTuple):
    """Who gets a role on what this resource names; `to` is a name, or a reference as the
    configuration has it.
    """

    address: str
    role: str
    to: str


class Plan:
    def __init__(self, text: str) -> None:
        self.text = text
        self._json = json.loads(text)

    def resources(self, kind: str = "") -> Iterator[Resource]:
        """The planned resources of one type, or all."""
        for each in self._json["planned_values"]["root_module"]["resources"]:
            if each["mode"] == "managed" and kind in {each["type"], ""}:
                yield Resource(f"{each['type']}.{each['name']}", each.get("index"), each["values"])

    def one(self, kind: str) -> Mapping[str, Any]:
        """The values of the only resource of a type."""
        (found,) = self.resources(kind)
        return found.values

    def output(self, name: str) -> Any:
        return self._json["planned_values"]["outputs"][name]["value"]

    def described(self, kind: str) -> Mapping[str, str]:
        """The descriptions of the `variables` or `outputs`, in no order."""
        found = self._json["configuration"]["root_module"][kind]
        return {name: each.get("description", "") for name, each in found.items()}

    def grants(self) -> Iterator[Grant]:
        """What the configuration grants, whether or not these variables switch it on."""
        for each in self._json["configuration"]["root_module"]["resources"]:
            if "_iam_" in each["type"] and "role" in each["expressions"]:
                role, member = each["expressions"]["role"], each["expressions"]["member"]
                source = (
                    each.get("for_each_expression", {})
                    if member.get("references") == ["each.value"]
                    else member
                )
                yield Grant(each["address"], _said(role), _said(source))


def _said(expression: Mapping[str, Any]) -> str:
    return str(expression.get("constant_value") or expression["references"][0])
