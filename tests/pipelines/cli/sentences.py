"""What every error of a command is: one sentence, and no traceback."""


def one_sentence(ran, *, code=2):
    lines = ran.err.strip().splitlines()
    assert ran.code == code
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("error: ")
    assert "Traceback" not in ran.err
    return lines[0]
