"""What the bench starts as processes of their own: the baselines, and the studio under watch."""
