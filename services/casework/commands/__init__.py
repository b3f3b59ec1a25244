"""Here stands what people can do on a case: a module per subject, with each command's body, decision and
declaration. Pure.
"""
