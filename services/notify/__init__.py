"""Notify decides which letters a fact calls for, writes them, and hands them to mail server or print room."""
