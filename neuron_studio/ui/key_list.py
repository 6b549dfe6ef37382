"""Every key that does something, in the words of the dialog that lists them."""

from __future__ import annotations

# Where the keys work, and there: the keys in Qt's portable words, alternatives divided by " or ", and what they do.
KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Everywhere in the window",
        (
            ("Ctrl+Return or Ctrl+Enter", "Compile and save"),
            ("Esc", "Stop the run, where nothing is open that it closes"),
            ("Ctrl+1", "Go to Compare"),
            ("Ctrl+2", "Go to the log"),
            ("Ctrl+3", "Go to the operators"),
            ("Ctrl+4", "Go to the artifact"),
            ("Ctrl+5", "Go to the history"),
            ("Ctrl+S", "Save the project"),
            ("Ctrl+O", "Open a project"),
            ("Ctrl+Shift+C", "Copy what is asked as a command"),
            ("F1 or Ctrl+/", "Show this list"),
            ("Ctrl+Q", "Close the window; a run goes on"),
            ("Alt", "With an underlined letter: go to what it names"),
            ("Tab or Shift+Tab", "Go to the next control or the one before"),
        ),
    ),
    (
        "In the line of the model",
        (
            ("Down", "Show the models to choose from, then go to the next one"),
            ("Up", "Go to the model before"),
            ("Return", "Take the model"),
            ("Esc", "Close the list"),
        ),
    ),
    (
        "In the table of pairs",
        (
            ("F2", "Edit the cell; typing replaces its text"),
            ("Return or Shift+Return", "Go down or up; while editing, end it or begin a line"),
            ("Tab or Shift+Tab", "Go along the cells, and out after the last one"),
            ("Ctrl+Tab or Ctrl+Shift+Tab", "Leave the table at once"),
            ("Shift+Space", "Select whole pairs"),
            ("Ins", "Add a pair below"),
            ("Ctrl+D", "Duplicate the selected pairs"),
            ("Ctrl+- or Ctrl+Del", "Remove the selected pairs"),
            ("Alt+Up or Alt+Down", "Move the selected pairs"),
            ("Ctrl+T", "Trace with this pair"),
            ("Ctrl+Z", "Undo"),
            ("Ctrl+Shift+Z or Ctrl+Y", "Redo"),
            ("Ctrl+X", "Cut"),
            ("Ctrl+C", "Copy"),
            ("Ctrl+V", "Paste cells, or pairs where whole pairs are selected"),
            ("Del", "Clear the cells, or remove the pairs where whole pairs are selected"),
        ),
    ),
    (
        "In the comparison",
        (
            ("Ctrl+F", "Go to the search in the sentences"),
            ("F3 or Shift+F3", "Go to the next pair that flipped, or the one before"),
            (" or ".join(f"Ctrl+Alt+{column}" for column in range(1, 8)), "Sort by a column"),
            ("Ctrl+C", "Copy the selected rows as text"),
            ("Ctrl+Shift+E", "Save the chart as SVG or PNG"),
        ),
    ),
    (
        "In the log",
        (
            ("Ctrl+F", "Go to the search"),
            ("F3 or Shift+F3", "Find the next place or the one before"),
            ("Home or End", "Go to the first line, or to the last one and follow"),
            ("Ctrl+A", "Select all"),
            ("Ctrl+C", "Copy the selected lines, or all of them"),
        ),
    ),
    (
        "In the history",
        (
            ("Return", "Open the run"),
            ("Ctrl+D", "Compare the two selected runs"),
            ("Del", "Delete the run, after a question"),
        ),
    ),
)  # fmt: skip


def shown(keys: str) -> str:
    """The keys of a row as they are listed: of a whole series its first and its last."""
    first, *rest = alternatives(keys)
    return f"{first} to {rest[-1]}" if len(rest) > 1 else keys


def alternatives(keys: str) -> tuple[str, ...]:
    """The single keys of a row."""
    return tuple(keys.split(" or "))
