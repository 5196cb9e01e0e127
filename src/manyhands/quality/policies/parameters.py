"""Reading a policy's parameters: each once, in its range, none unknown, none missing."""

import re
from collections.abc import Mapping
from typing import Any

from manyhands.core.errors import Refusal

_NUMBER = re.compile(r"[0-9]{1,9}")
TEXT_CHARACTERS_MAX = 1_024
NEVER_APPROVE = 101
NEVER = 0
MINIMUM_S_RANGE = (60, 31_536_000)
MAXIMUM_RANGE = (2, 25)


class PolicyInvalid(Refusal):
    """The value "%(value)s" is not valid for the parameter %(parameter)s. %(reason)s"""

    def __init__(self, parameter: str, value: str, reason: str) -> None:
        """``reason`` is technical English, for clients of the protocol."""
        self.parameter = parameter
        self.value = value
        self.reason = reason
        super().__init__(parameter=parameter, value=value, reason=reason)


class Parameters:
    """The parameters of one policy, taken by name; ``end`` refuses what nobody took."""

    def __init__(self, policy: str, given: object) -> None:
        self._policy = policy
        self._left: dict[str, Mapping[str, Any]] = {}
        for each in given if isinstance(given, list) else []:
            key = each.get("Key") if isinstance(each, Mapping) else None
            if not isinstance(key, str):
                raise PolicyInvalid("Parameters", policy, "Every parameter needs a Key.")
            if key in self._left:
                raise PolicyInvalid(key, key, "The parameter is given twice.")
            self._left[key] = each

    def end(self) -> None:
        for key in self._left:
            raise PolicyInvalid(key, key, f"The policy {self._policy} has no such parameter.")

    def has(self, key: str) -> bool:
        return key in self._left

    def require(self, *keys: str) -> None:
        for key in keys:
            if key not in self._left:
                raise PolicyInvalid(key, "null", f"The policy {self._policy} needs it.")

    def values(self, key: str) -> tuple[str, ...]:
        return _strings(key, self._left.pop(key).get("Values"))

    def entries(self, key: str) -> dict[str, frozenset[str]]:
        """The map of a parameter: key to its values."""
        listed = self._left.pop(key).get("MapEntries")
        read: dict[str, frozenset[str]] = {}
        for entry in listed if isinstance(listed, list) else []:
            name = entry.get("Key") if isinstance(entry, Mapping) else None
            if not isinstance(name, str) or not name.strip():
                raise PolicyInvalid(key, "null", "Every entry needs a Key.")
            if name in read:
                raise PolicyInvalid(key, name, "The entry is given twice.")
            read[name] = frozenset(value.strip() for value in _strings(name, entry.get("Values")))
        if not read:
            raise PolicyInvalid(key, "null", "It needs MapEntries.")
        return read

    def text(self, key: str) -> str:
        if not self.has(key):
            return ""
        value = self._one(key)
        if len(value) > TEXT_CHARACTERS_MAX:
            raise PolicyInvalid(
                key, value[:100] + "…", f"At most {TEXT_CHARACTERS_MAX} characters are allowed."
            )
        return value

    def number(self, key: str, low: int, high: int, default: int) -> int:
        if not self.has(key):
            return default
        value = self._one(key).strip()
        if not _NUMBER.fullmatch(value) or not low <= int(value) <= high:
            raise PolicyInvalid(key, value[:100], f"It must be a whole number from {low} to {high}.")
        return int(value)

    def flag(self, key: str) -> bool:
        if not self.has(key):
            return False
        value = self._one(key).strip()
        if value.upper() not in {"T", "F", "TRUE", "FALSE"}:
            raise PolicyInvalid(key, value[:100], "It must be T or F.")
        return value.upper() in {"T", "TRUE"}

    def _one(self, key: str) -> str:
        values = self.values(key)
        if len(values) != 1:
            raise PolicyInvalid(key, ", ".join(values)[:100], "It must have exactly one value.")
        return values[0]


def _strings(key: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(value, str) for value in given):
        raise PolicyInvalid(key, "null", "It needs Values.")
    return tuple(given)
