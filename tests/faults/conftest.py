import os
import subprocess
import sys

import pytest


@pytest.fixture
def disk(tmp_path):
    """A disk of its own that can be resized; only root may mount one."""
    mount = tmp_path / "disk"
    mount.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", mount], check=False).returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    yield mount
    subprocess.run(["umount", "--lazy", mount], check=True)
