"""What casework's API refuses itself: nothing of it is recorded."""

from shared.errors import RedressError


class CommandTooLarge(RedressError):
    """The body is larger than 256 KiB: shorten its texts, send files as evidence."""

    code = "too_large"
    status = 413


class CommandNotSent(RedressError):
    """No such command was sent on this case: send it, with a key of its own."""

    code = "unknown_command"
    status = 404


class UnknownCommand(RedressError):
    """There is no such command: the names are in docs/reference/commands-on-cases.md."""

    code = "unknown_command"
    status = 404


class CommandConflict(RedressError):
    """This Idempotency-Key was used on this case with another command: use a new key for a new command."""

    code = "idempotency_conflict"
    status = 409


class Overtaken(RedressError):
    """The case changed hands while you acted, so this has no effect: read the case again and decide anew."""

    code = "overtaken"
    status = 409
