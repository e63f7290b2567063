"""What a command line may be given: the bound of every argument, whatever it means to the command."""

from collections.abc import Sequence
from typing import Final

ARGUMENT_CHARACTERS_MAX: Final = 4_096
"""As long as a path may be; notes, names and codes have narrower bounds of their own."""

ARGUMENTS_MAX: Final = 1_000


def problem_of(arguments: Sequence[str]) -> str | None:
    """Why these arguments are not looked at, as a sentence; None when they may be.

    Bytes that are no UTF-8 reach a program as halves of characters, which no database, file or terminal takes.
    """
    if len(arguments) > ARGUMENTS_MAX:
        return f"More than {ARGUMENTS_MAX} arguments at once. Do it in several steps."
    for place, argument in enumerate(arguments, 1):
        if len(argument) > ARGUMENT_CHARACTERS_MAX:
            return f"Argument {place} is longer than {ARGUMENT_CHARACTERS_MAX} characters."
        if any("\ud800" <= character <= "\udfff" for character in argument):
            return f"Argument {place} is not UTF-8 text: {argument!a}"
    return None
