"""How servers that speak like OpenAI differ from it: the one home of what they do to streams, bodies and errors.

Nothing here asks anything: bytes and objects go in, plain objects and complaints come out.
"""
