"""The packages to try: made of a commit, and of what its successor might be; kept until the commit is another."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from trying.hub import ROOT

NEXT_REVISION: Final = "9001"
_MIGRATION: Final = '''"""A table of the next version."""

from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.execute("CREATE TABLE of_the_next_version (id INTEGER PRIMARY KEY)")
'''


def deb(work: Path, part: str, commit: str) -> Path:
    """The .deb of one part of us at a commit."""
    out = work / "made" / commit
    found = sorted(out.glob(f"{'tillstamp' if part == 'till' else 'tillstamp-server'}_*.deb"))
    if found:
        return found[0]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "packaging")}
    python = ROOT / "build" / "venv" / "bin" / "python"
    command = [str(python) if python.exists() else sys.executable, "-m", "making", part, "--commit", commit]
    subprocess.run([*command, "--out", str(out)], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return deb(work, part, commit)


def commit_named(name: str) -> str:
    """The full name of a commit."""
    return _git("rev-parse", "--verify", f"{name}^{{commit}}")


def next_commit(commit: str) -> str:
    """A commit on no branch: the same with a higher version, whose books and databases this version does not know."""
    version = _git("show", f"{commit}:common/version.py")
    revisions = _git("show", f"{commit}:desktop/store/file/revisions.py")
    head = re.findall(r'"(\d{4})"', revisions)[-1]
    steps = "server/store/migrations/versions"
    server_head = max(re.findall(r"/v(\d{4})_", _git("ls-tree", "--name-only", commit, f"{steps}/")))
    changed = {
        "common/version.py": re.sub(r'"([\d.]+)"', r'"\1.1"', version),
        "desktop/store/file/revisions.py": revisions.replace(f'"{head}")', f'"{head}", "{NEXT_REVISION}")'),
        f"desktop/store/migrations/versions/{NEXT_REVISION}_next.py": _MIGRATION.format(
            revision=NEXT_REVISION, before=head
        ),
        f"{steps}/v{NEXT_REVISION}_next.py": _MIGRATION.format(revision=NEXT_REVISION, before=server_head),
    }
    with tempfile.TemporaryDirectory(prefix="tillstamp-next-") as scratch:
        index = {"GIT_INDEX_FILE": f"{scratch}/index"}
        _git("read-tree", commit, **index)
        for path, text in changed.items():
            blob = _git("hash-object", "-w", "--stdin", said=f"{text}\n")
            _git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", **index)
        tree = _git("write-tree", **index)
    # Always the same commit for the same tree: what was made of it is found again.
    at = _git("show", "--no-patch", "--format=%ct +0000", commit)
    who = {f"GIT_{role}_{what}": "next" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    return _git("commit-tree", tree, "-p", commit, "-m", "The next version, to be tried", **who, **when)


def _git(*words: str, said: str = "", **environment: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=said,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
