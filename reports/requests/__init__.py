"""Official information: requests under an Act, what is withheld and released, and its public pages.

A Django app of its own, which a country without such an Act leaves out. Nothing else imports it: `apps`
registers what it adds to the rest.
"""
