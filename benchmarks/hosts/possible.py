"""Whether this machine can play several: root, the tools, and a kernel that lets us make networks."""

import os
import shutil
import subprocess
from dataclasses import dataclass

TOOLS = ("unshare", "nsenter", "ip", "nft")
PROBE_TAKES_AT_MOST = 30.0
# All of it happens in network namespaces that are gone when the script ends.
PROBE = """
set -e
unshare --net true
ip link add name probe type bridge
ip link add name wire type veth peer name end
nft add table inet probe
nft add chain inet probe arriving '{ type filter hook input priority 0; policy drop; }'
"""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why several machines cannot be played here, and whether a missing program is all of it."""

    reason: str
    is_missing_tool: bool = False


def obstacle() -> Obstacle | None:
    """What is in the way; None if nothing is."""
    if os.geteuid() != 0:
        return Obstacle("network namespaces need root")
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return Obstacle(f"{', '.join(missing)} not installed; run scripts/install-test-tools", is_missing_tool=True)
    probe = subprocess.run(
        ["unshare", "--net", "sh", "-c", PROBE],
        capture_output=True,
        text=True,
        check=False,
        timeout=PROBE_TAKES_AT_MOST,
    )
    if probe.returncode == 0:
        return None
    said = probe.stderr.strip() or f"status {probe.returncode}"
    return Obstacle(f"no networks can be made here: {said.splitlines()[-1]}")
