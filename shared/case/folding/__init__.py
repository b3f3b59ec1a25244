"""How events change a case: each part of it is folded in the module that bears the part's name. Pure."""
