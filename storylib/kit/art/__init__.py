"""Vendored and hand-drawn art: props (Fluent Emoji, MIT) and set pieces."""
