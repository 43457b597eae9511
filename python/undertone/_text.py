"""Options as the library's tables read them: text."""


def text(value):
    """Write one value as the library reads it: ``0.001``, ``true``, ``300,50``, ``none``."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ",".join(text(item) for item in value)
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        return text(value.tolist())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # A whole number may be meant for a field of whole numbers.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    raise TypeError(f"{value!r}: must be a number, a text, a flag, a list of these or None")
