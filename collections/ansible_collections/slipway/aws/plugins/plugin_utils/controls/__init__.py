"""Security controls: what they are (controls.yml), what they look at (readers), and whether it holds (holds)."""
