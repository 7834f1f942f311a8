"""Ask whether anything that the locks pin has a known weakness.  Without the network it says that it cannot.

Ends with 0 where nothing is known, 1 where something is, 2 where nobody could be asked.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
AUDITOR = "pip-audit>=2.9"
KNOWN, UNASKED = 1, 2


def audit(lock: str) -> int:
    """What the auditor ends with for a lock.  It runs in an environment of its own, and installs nothing of ours."""
    uv = Path(sys.executable).with_name("uv")
    options = ("--require-hashes", "--disable-pip", "--strict", "--progress-spinner", "off")
    command = [uv, "tool", "run", "--quiet", AUDITOR, "--requirement", ROOT / lock, *options]
    ran = subprocess.run([str(each) for each in command], check=False, capture_output=True, text=True)
    if ran.returncode == 0:
        print(f"{lock}: no weakness is known")
        return 0
    if "known vulnerabilit" in ran.stdout + ran.stderr:
        print(f"{lock}:\n{ran.stdout}{ran.stderr}")
        return KNOWN
    why = (ran.stderr or ran.stdout).strip().splitlines()
    print(f"{lock}: could not be audited; this needs the network. {why[-1] if why else ''}", file=sys.stderr)
    return UNASKED


def main() -> int:
    """Audit each lock; a known weakness weighs more than a question nobody answered."""
    ends = {audit(lock) for lock in LOCKS}
    return KNOWN if KNOWN in ends else max(ends)


if __name__ == "__main__":
    sys.exit(main())
