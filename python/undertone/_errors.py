"""What the library's errors become: one class a code, each also one of Python's own."""


class Error(Exception):
    """Any error of the library; its text is one line: the thing, its value, the rule, the file."""

    code = ""


class InvalidArgument(Error, ValueError):
    """A parameter outside its range."""


class ShapeMismatch(Error, ValueError):
    """Two sizes that must agree do not."""


class IoError(Error, OSError):
    """The system refused to read or write."""


class UnsupportedFormat(Error, ValueError):
    """A format or option that is not built in."""


class CorruptData(Error, ValueError):
    """Bytes that are not what they claim to be."""


class NotFitted(Error, ValueError, AttributeError):
    """A model asked to predict before training."""


class IncompatibleModel(Error, ValueError):
    """A model of another feature set, version or label set."""


class Numerical(Error, ValueError, ArithmeticError):
    """A NaN or an infinity where none may be."""


class Cancelled(Error):
    """A progress callback said stop."""


CLASSES = {
    "invalid_argument": InvalidArgument,
    "shape_mismatch": ShapeMismatch,
    "io": IoError,
    "unsupported_format": UnsupportedFormat,
    "corrupt_data": CorruptData,
    "not_fitted": NotFitted,
    "incompatible_model": IncompatibleModel,
    "numerical": Numerical,
    "cancelled": Cancelled,
}
for _code, _class in CLASSES.items():
    _class.code = _code


def error_of(code, message):
    """The exception for one of the library's codes."""
    return CLASSES[code](message)
