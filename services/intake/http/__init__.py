"""Intake over HTTP: calls, their answers and their OpenAPI document."""
