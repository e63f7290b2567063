"""`run` on machines that lack something: a clear word each, and nothing half-made is ever used.

The machine is a folder of commands, the only one on the PATH: the real ones that `run` needs, and in place of Python,
apt and the like small scripts that do what the case asks for.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shape.source import ROOT

# A Python that makes an environment whose Python says what it was asked to run.
PYTHON = """
case "$*" in
    *version_info*) echo 3.12 ;;
    "-m venv "*)
        mkdir -p "$3/bin"
        for name in python lint-imports; do
            cp {folder}/venv-python "$3/bin/$name"
            chmod +x "$3/bin/$name"
        done ;;
esac
"""
VENV_PYTHON = """
case "$*" in
    "-c "*) ;;
    *) echo "python $*" >>.venv/asked; echo "python $*" ;;
esac
"""
# fmt: off
REAL = [
    "sh", "bash", "cat", "chmod", "cksum", "cp", "dirname", "env", "flock", "mkdir", "readlink", "rm", "tail", "true",
    "uname", "awk", "df", "mktemp",
]
EVERY_LIBRARY = [
    "libGL.so.1", "libEGL.so.1", "libglib-2.0.so.0", "libxkbcommon.so.0", "libdbus-1.so.3", "libfontconfig.so.1",
    "libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1", "libxcb-shape.so.0", "libxkbcommon-x11.so.0",
]
# fmt: on
MEMORY = Path("/dev/shm")  # noqa: S108 - only named here; the folder in it is made by mktemp
PYTEST = "pytest -n 4 --dist worksteal"
NEITHER_LAW_NOR_SHOPS = (
    "--ignore tests/common --ignore tests/world --ignore tests/demo --ignore tests/docs --ignore tests/fuzz "
    "--ignore tests/guards"
)


@dataclass(frozen=True, slots=True)
class Machine:
    """A clone with nothing but `run` and its lock, and the commands that there are."""

    clone: Path
    commands: Path

    def has(self, command: str, script: str) -> None:
        """Puts a shell script on the PATH."""
        (self.commands / command).unlink(missing_ok=True)
        (self.commands / command).write_text(f"#!{self.commands / 'sh'}\n{script}\n")
        (self.commands / command).chmod(0o755)

    def has_libraries(self, *names: str) -> None:
        """Makes these the libraries that the system's linker finds."""
        found = "\n".join(f"\t{name} (libc6,x86-64) => /lib/{name}" for name in names)
        self.has("ldconfig", f"cat <<'END'\n{found}\nEND")

    def run(self, *words: str, cwd: str = "/") -> subprocess.CompletedProcess[str]:
        """Runs `run` from another folder."""
        return subprocess.run(
            [self.clone / "run", *words],
            cwd=cwd,
            env={"PATH": str(self.commands)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which everything is there."""
    commands = tmp_path / "commands"
    clone = tmp_path / "a clone"
    commands.mkdir()
    clone.mkdir()
    for command in REAL:
        found = shutil.which(command)
        assert found, f"this test needs {command}"
        (commands / command).symlink_to(found)
    for name in ("run", "requirements.lock", "requirements-dist.lock", "requirements-docs.lock"):
        shutil.copy(ROOT / name, clone)
    machine = Machine(clone, commands)
    (commands / "venv-python").write_text(f"#!{commands / 'sh'}\n{VENV_PYTHON}")
    machine.has("python3", PYTHON.format(folder=commands))
    machine.has("id", "echo 1000")
    machine.has("getconf", "echo 2")
    machine.has("sudo", "exit 1")
    machine.has("ls", "echo found")  # asked for fonts and for apt's lists
    machine.has_libraries(*EVERY_LIBRARY)
    return machine


def asked(machine: Machine) -> list[str]:
    """What the environment's Python was asked to run, in order."""
    return (machine.clone / ".venv" / "asked").read_text().splitlines()


def test_it_is_plain_sh() -> None:
    assert (ROOT / "run").read_text().startswith("#!/bin/sh\n")
    assert os.access(ROOT / "run", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["/bin/sh", "-n", ROOT / "run"], check=True)


@pytest.mark.parametrize("word", ["help", "--help", "-h"])
def test_help_names_every_verb_and_needs_nothing(machine: Machine, word: str) -> None:
    (machine.commands / "python3").unlink()
    helped = machine.run(word)
    assert helped.returncode == 0
    for verb in ("(no verb)", "test", "bench", "simulate", "docs", "help", "--reset"):
        assert f"  {verb} " in helped.stdout
    assert "  test-the-tests\n" in helped.stdout


def test_an_unknown_verb_is_named_with_the_usage(machine: Machine) -> None:
    refused = machine.run("nonsense")
    assert refused.returncode == 2
    assert "there is no 'nonsense'" in refused.stderr
    assert "Usage: ./run" in refused.stderr
    assert not (machine.clone / ".venv").exists()


def test_no_python(machine: Machine) -> None:
    (machine.commands / "python3").unlink()
    refused = machine.run()
    assert refused.returncode == 1
    assert "Python 3.11 or newer is needed, and none was found." in refused.stderr
    assert "sudo apt-get install -y python3 python3-venv" in refused.stderr


def test_a_python_too_old_is_named_and_a_newer_one_beside_it_taken(machine: Machine) -> None:
    (machine.commands / "python3").rename(machine.commands / "python3.12")
    machine.has("python3", "echo 3.9")
    machine.has("python3.13", "exit 127")  # a version manager's empty promise
    assert machine.run().returncode == 0
    assert (machine.clone / ".venv" / ".made-from").read_text().split(" in ")[0].endswith("python 3.12")

    (machine.commands / "python3.12").unlink()
    refused = machine.run()
    assert refused.returncode == 1
    assert "Found: python3 is 3.9" in refused.stderr


@pytest.mark.parametrize(("command", "package"), [("python3", "python3-venv"), ("python3.12", "python3.12-venv")])
def test_no_venv_module(machine: Machine, command: str, package: str) -> None:
    (machine.commands / "python3").unlink()
    machine.has(command, 'case "$*" in *version_info*) echo 3.12 ;; *) exit 1 ;; esac')
    refused = machine.run("test")
    assert refused.returncode == 1
    assert "python3-venv is missing" in refused.stderr
    assert f"sudo apt-get install -y {package}\n" in refused.stderr
    assert not (machine.clone / ".venv").exists()


def test_the_demo_is_run_with_its_options_from_the_locked_environment(machine: Machine) -> None:
    ran = machine.run("--reset")
    assert ran.returncode == 0, ran.stderr
    install, demo = asked(machine)
    for option in ("--require-hashes", "--no-deps", "--requirement requirements.lock"):
        assert option in install
    assert demo == "python -m tests.demo --reset"


def test_the_second_run_installs_nothing(machine: Machine) -> None:
    machine.run()
    again = machine.run("bench", "--quick")
    assert asked(machine)[2:] == ["python -m tests.benchmarks --quick"]
    assert "Making" not in again.stdout


def test_the_guards_are_tried_by_a_verb_of_their_own(machine: Machine) -> None:
    machine.run("test-the-tests", "--only", "row lock")
    assert asked(machine)[-1] == "python -m tests.guards --only row lock"


def test_installers_are_made_in_an_environment_of_their_own(machine: Machine) -> None:
    ran = machine.run("dist", "wheel")
    assert ran.returncode == 0, ran.stderr
    installed = [line.rpartition(" ")[2] for line in asked(machine) if "pip install" in line]
    assert installed == ["requirements.lock", "requirements.lock", "requirements-dist.lock"]
    assert asked(machine)[-1] == "python -m making wheel"
    assert (machine.clone / "build" / "venv" / ".made-from").exists()


def test_the_site_is_made_without_the_product(machine: Machine) -> None:
    (machine.clone / ".venv").mkdir()  # where our Python writes down what it was asked
    ran = machine.run("docs")
    assert ran.returncode == 0, ran.stderr
    installed = [line.rpartition(" ")[2] for line in asked(machine) if "pip install" in line]
    assert installed == ["requirements-docs.lock"]
    assert asked(machine)[-1] == "python -m making.site"
    assert (machine.clone / "build" / "docs-venv" / ".made-from").exists()


@pytest.mark.parametrize("change", ["the lock", "the python", "an interruption", "a broken environment"])
def test_the_environment_is_made_anew_when_it_is_not_what_is_wanted(machine: Machine, change: str) -> None:
    machine.run()
    leftover = machine.clone / ".venv" / "leftover"
    leftover.touch()
    match change:
        case "the lock":
            with (machine.clone / "requirements.lock").open("a") as lock:
                lock.write("# one more\n")
        case "the python":
            machine.has("python3", PYTHON.format(folder=machine.commands).replace("3.12", "3.13"))
        case "an interruption":
            (machine.clone / ".venv" / ".made-from").unlink()
        case "a broken environment":
            (machine.clone / ".venv" / "bin" / "python").unlink()
    assert "Making .venv" in machine.run().stdout
    assert not leftover.exists()


def test_a_failed_installation_is_said_and_not_used(machine: Machine) -> None:
    good = (machine.commands / "venv-python").read_text()
    (machine.commands / "venv-python").write_text(good.replace("*) echo", '"-m pip"*) exit 1 ;;\n    *) echo', 1))
    failed = machine.run()
    assert failed.returncode == 1
    assert "could not be installed" in failed.stderr
    (machine.commands / "venv-python").write_text(good)
    assert "Making .venv" in machine.run().stdout


# ── The libraries of Qt ─────────────────────────────────────────────────────────────────────────────────────────

LINE = "sudo apt-get update && sudo apt-get install -y --no-install-recommends"


def test_missing_libraries_are_named_to_an_ordinary_user_and_the_demo_goes_on(machine: Machine) -> None:
    machine.has_libraries(*(name for name in EVERY_LIBRARY if name not in {"libEGL.so.1", "libxcb-cursor.so.0"}))
    machine.has("apt-get", "echo apt was called >&2; exit 1")
    ran = machine.run()
    assert f"    {LINE} libegl1 libxcb-cursor0\n" in ran.stdout
    assert "Going on without the window." in ran.stdout
    assert asked(machine)[-1] == "python -m tests.demo"
    assert "apt was called" not in ran.stderr


def test_without_them_the_other_tests_run_and_the_line_comes_last(machine: Machine) -> None:
    machine.has_libraries()
    ran = machine.run("test", "-k", "law")
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[-1].startswith(f"    {LINE} libgl1 libegl1 libglib2.0-0 libxkbcommon0 ")
    assert f"python -m {PYTEST} -p no:pytest-qt -k law" in asked(machine)


@pytest.mark.parametrize(("user", "sudo"), [("0", "exit 1"), ("1000", 'shift; exec "$@"')], ids=["root", "sudo"])
def test_who_may_installs_them_and_looks_only_once(machine: Machine, user: str, sudo: str) -> None:
    (machine.commands / "ldconfig").rename(machine.commands / "ldconfig-afterwards")
    machine.has_libraries()
    machine.has("id", f"echo {user}")
    machine.has("sudo", sudo)
    calls = machine.commands / "calls"
    replace = f"cp {machine.commands}/ldconfig-afterwards {machine.commands}/ldconfig"
    machine.has("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>{calls}; {replace}')
    ran = machine.run()
    install = calls.read_text().splitlines()[-1]
    assert install.startswith("noninteractive ")
    assert "install -y --no-install-recommends libgl1 " in install
    assert install.endswith(" libxkbcommon-x11-0")
    assert LINE not in ran.stdout

    machine.has("ldconfig", "echo looked >&2")
    assert "looked" not in machine.run().stderr


def test_apt_without_lists_gets_them_first_and_a_font_is_a_library_too(machine: Machine) -> None:
    calls = machine.commands / "calls"
    machine.has("ls", "exit 2")
    machine.has("id", "echo 0")
    machine.has("apt-get", f'echo "$*" >>{calls}')
    machine.run()
    update, install = calls.read_text().splitlines()
    assert update.endswith(" update")
    assert install.endswith(" install -y --no-install-recommends fonts-inter")


def test_apt_that_fails_is_quoted_and_the_line_printed(machine: Machine) -> None:
    machine.has_libraries(*EVERY_LIBRARY[1:])
    machine.has("id", "echo 0")
    machine.has("apt-get", "echo 'E: no network' >&2; exit 100")
    ran = machine.run()
    assert "E: no network" in ran.stdout
    assert f"    {LINE} libgl1\n" in ran.stdout
    assert asked(machine)[-1] == "python -m tests.demo"


def test_continuous_integration_runs_the_same(machine: Machine) -> None:
    (machine.clone / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", machine.clone / ".ci")
    environment = {"PATH": str(machine.commands)}
    subprocess.run([machine.clone / ".ci" / "run"], cwd="/", env=environment, check=True, stdout=subprocess.DEVNULL)
    calls = asked(machine)
    tested = calls.index(f"python -m coverage run -m {PYTEST} {NEITHER_LAW_NOR_SHOPS}")
    proved = calls.index("python -m tests.world.simulator --seeds 200")
    assert tested < proved


def test_the_law_is_measured_by_its_own_tests_and_till_and_server_by_theirs(machine: Machine) -> None:
    machine.run("test")
    calls = [call.removeprefix("python -m ") for call in asked(machine)]
    assert [call for call in calls if "coverage" in call or "pytest" in call] == [
        "coverage erase",
        f"coverage run --branch --source common -m {PYTEST} tests/common",
        "coverage combine --quiet",
        "coverage report --fail-under=100",
        "coverage erase",
        f"coverage run -m {PYTEST} {NEITHER_LAW_NOR_SHOPS}",
        "coverage combine --quiet",
        "coverage report --omit=common/*",
        f"{PYTEST} tests/world tests/demo tests/docs tests/fuzz tests/guards",
    ]


def test_every_test_is_in_one_of_the_three(machine: Machine) -> None:
    """What the second run leaves out is what the first and the last take."""
    machine.run("test")
    law, rest, shops = [call.split(f"{PYTEST} ")[1].split() for call in asked(machine) if PYTEST in call]
    assert [word for word in rest if word != "--ignore"] == law + shops
    assert all((ROOT / folder).is_dir() for folder in law + shops)


@pytest.mark.skipif(not os.access(MEMORY, os.W_OK), reason="this system keeps no files in memory")
def test_tests_write_into_memory_where_there_is_room_and_leave_nothing(machine: Machine) -> None:
    (machine.commands / "venv-python").write_text(
        (machine.commands / "venv-python")
        .read_text()
        .replace("*) echo", '*" ruff "*) echo "$TMPDIR" >.venv/folder ;;\n    *) echo', 1)
    )
    for free_kb, where in (("3999999", ""), ("9999999", str(MEMORY / "tmp."))):
        machine.has("df", f"echo Filesystem; echo tmpfs 9 9 {free_kb} 9% /dev/shm")
        machine.run("test")
        folder = (machine.clone / ".venv" / "folder").read_text().strip()
        assert folder.startswith(where)
        assert (folder == "") == (where == "")
        assert folder == "" or not Path(folder).exists()


def test_a_failing_step_hides_no_other(machine: Machine) -> None:
    good = (machine.commands / "venv-python").read_text()
    (machine.commands / "venv-python").write_text(
        good.replace("esac", '    esac\ncase "$*" in *mypy*) exit 1 ;; esac', 1)
    )
    ran = machine.run("test")
    assert ran.returncode == 1
    assert f"python -m {PYTEST} tests/world" in asked(machine)[-1]
    assert "Failed:" in ran.stdout
    assert "\n    Types (mypy, strict)\n" in ran.stdout
