"""The pages of this app. Each reads top to bottom: fetch what is visible, check the rule, clean
the form, call one service, redirect."""
