"""The fixed words of the window: names of states, keys of the pad, names that a screen reader says.

Sentences about refusals and trouble are in `sentences`; these are the words of the controls themselves.
"""

from desktop.present.views import OperationState, ResultKind

STATE = {
    OperationState.WAITING: "Waiting",
    OperationState.CONFIRMED: "Confirmed",
    OperationState.REJECTED: "Rejected",
    OperationState.PARKED: "In review",
}

RESULT = {
    ResultKind.DONE: "Done",
    ResultKind.PROVISIONAL: "Done, waiting to be confirmed",
    ResultKind.REFUSED: "Not done",
}

STAMPS = "Stamps"
PROVISIONAL_STAMPS = "{count} not confirmed yet"
REWARD_SLOT = "Reward"

STAFF = "Who is working?"
PIN_PAD = "PIN"
PIN_DIGITS = "{count} digits entered"
PIN_BACK = "Delete the last digit"
PIN_ENTER = "Enter the PIN"

STATUS = "Status"
SYNC_NOW = "Synchronise now"
SHOW_ATTENTION = "Show what needs attention"

OPERATIONS = "Last operations"
NO_OPERATIONS = "Nothing yet today"
