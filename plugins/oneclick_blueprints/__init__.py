"""Blueprints and sharing them."""
