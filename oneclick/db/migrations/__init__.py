"""Migrations of the system tables."""
