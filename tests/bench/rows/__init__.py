"""One module a row of the table: how it is measured."""
