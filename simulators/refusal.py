"""The refusal of a control call."""


class ControlError(Exception):
    """A control call that cannot be carried out; answered as `{"error": message}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
