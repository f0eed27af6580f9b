"""How large the Kit's pictures are, in pixels."""

PAGE = (1152, 768)  # and a cover
PORTRAIT = (512, 512)
