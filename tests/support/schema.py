"""The messages of proto/schema, compiled for this process; nothing of that stays on the disk."""

import subprocess
import sys
import tempfile


def load(directory, names):
    """By name, the module of each schema."""
    with tempfile.TemporaryDirectory(prefix="liaison-schema-") as out:
        subprocess.run(["protoc", f"--proto_path={directory}", f"--python_out={out}",
                        *[f"{directory}/{name}.proto" for name in names]], check=True)
        sys.path.insert(0, out)
        try:
            return {name: __import__(f"{name}_pb2") for name in names}
        finally:
            sys.path.remove(out)
