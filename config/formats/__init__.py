"""How dates are written where Django's own choice can be misread."""
