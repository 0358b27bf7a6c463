"""The demo: a county that exists, and a week in it that is made up from the first name to the last."""
