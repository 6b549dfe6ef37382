"""The window: draws states and reports intentions; decides nothing."""
