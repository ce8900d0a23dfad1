"""The rollout manifest: its structs, one module a theme, how it is read, and what is checked across fields."""
