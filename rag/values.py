"""A setting, and how its text becomes a value."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import SettingError


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: ``default`` as text ("" for unset), ``meaning`` with its unit and reason."""

    name: str
    default: str
    meaning: str


def whole(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    """The whole number of that name; SettingError unless it lies from ``low`` to ``high``."""
    try:
        number = int(values[name])
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise SettingError(f"{name}={values[name]!r} must be a whole number from {low} to {high}")
    return number


def one_of(values: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """The word of that name, in small letters; SettingError unless it is one of ``choices``."""
    if values[name].lower() not in choices:
        raise SettingError(f"{name}={values[name]!r} must be one of {', '.join(filter(None, choices))}")
    return values[name].lower()


def number(values: Mapping[str, str], name: str, low: float, high: float) -> float:
    """The number of that name; SettingError unless it lies from ``low`` to ``high``."""
    try:
        found = float(values[name])
    except ValueError:
        found = low - 1
    if not low <= found <= high:  # also refuses nan
        raise SettingError(f"{name}={values[name]!r} must be a number from {low:g} to {high:g}")
    return found
