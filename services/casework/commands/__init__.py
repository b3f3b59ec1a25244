"""What people can do on a case: a module per subject, in it each command's body, declaration and decision. Pure."""
