"""Intake over HTTP: its calls, their OpenAPI document, and the process that serves them."""
