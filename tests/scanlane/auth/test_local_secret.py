"""The secret file: one for all who race for it, for its owner's eyes only, refused when it cannot be trusted."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scanlane.auth.local_secret import FILE_NAME, LocalKeys, UnusableSecret, key_id, load_or_create, local_secret
from scanlane.settings import Settings

SECRET = bytes(range(7, 250, 7))
RACER = """
import sys
from pathlib import Path
from scanlane.auth.local_secret import load_or_create
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    print(load_or_create(Path(sys.argv[1]) / str(number) / "secret.key").hex())
"""
STARVED = """
import resource, sys
from pathlib import Path
from scanlane.auth.local_secret import UnusableSecret, load_or_create
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
try:
    load_or_create(Path(sys.argv[1]))
except UnusableSecret as error:
    print(error)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the secret is to be."""
    return tmp_path / "data" / FILE_NAME


@pytest.fixture
def kept(path: Path) -> Path:
    """A good secret that is there already."""
    path.parent.mkdir()
    path.touch(0o600)
    path.write_bytes(SECRET)
    return path


class TestFirstUse:
    def test_it_makes_32_random_bytes_for_the_owner_only(self, path: Path) -> None:
        secret = load_or_create(path)

        assert len(secret) == 32
        assert path.read_bytes() == secret
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_a_lavish_umask_opens_nothing(self, path: Path) -> None:
        before = os.umask(0)
        try:
            load_or_create(path)
        finally:
            os.umask(before)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_nothing_else_stays_in_the_folder(self, path: Path) -> None:
        load_or_create(path)

        assert [found.name for found in path.parent.iterdir()] == [FILE_NAME]

    def test_the_second_use_gets_the_same(self, path: Path) -> None:
        first = load_or_create(path)

        assert load_or_create(path) == first

    def test_two_installations_have_different_secrets(self, tmp_path: Path) -> None:
        assert load_or_create(tmp_path / "a" / "key") != load_or_create(tmp_path / "b" / "key")

    def test_processes_that_race_get_the_same_secret(self, tmp_path: Path) -> None:
        racers = [_start(RACER, str(tmp_path), "40") for _ in range(6)]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"

        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        answers = [racer.communicate(timeout=60)[0].split() for racer in racers]

        assert [racer.returncode for racer in racers] == [0] * 6
        assert all(len(answer) == 40 for answer in answers)
        assert [len(set(secrets)) for secrets in zip(*answers, strict=True)] == [1] * 40

    def test_a_draft_left_by_a_killed_process_is_no_obstacle(self, path: Path) -> None:
        path.parent.mkdir()
        (path.parent / f".{FILE_NAME}.1.aa").write_bytes(b"")

        assert len(load_or_create(path)) == 32

    def test_a_full_disk_leaves_no_half_secret(self, path: Path) -> None:
        said, _ = _start(STARVED, str(path)).communicate(timeout=60)

        assert f"{path} cannot be made" in said
        assert list(path.parent.iterdir()) == []

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        with pytest.raises(UnusableSecret, match="file/secret"):
            load_or_create(tmp_path / "file" / "secret")


class TestTrust:
    def test_a_good_secret_is_read(self, kept: Path) -> None:
        assert load_or_create(kept) == SECRET

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o602])
    def test_a_file_that_others_may_touch_is_refused(self, kept: Path, mode: int) -> None:
        kept.chmod(mode)

        with pytest.raises(UnusableSecret, match=rf"mode {mode:04o}.*chmod 600"):
            load_or_create(kept)

    def test_a_stricter_mode_is_fine(self, kept: Path) -> None:
        kept.chmod(0o400)

        assert load_or_create(kept) == SECRET

    @pytest.mark.parametrize("content", [b"", b"short", b"\0" * 32, b"changeme" * 4])
    def test_a_weak_secret_is_refused_and_not_replaced(self, kept: Path, content: bytes) -> None:
        kept.write_bytes(content)

        with pytest.raises(UnusableSecret, match=FILE_NAME):
            load_or_create(kept)

        assert kept.read_bytes() == content

    def test_a_symbolic_link_is_refused(self, kept: Path) -> None:
        link = kept.with_name("link")
        link.symlink_to(kept)

        with pytest.raises(UnusableSecret, match="symbolic link"):
            load_or_create(link)

    def test_a_dangling_link_is_refused_and_not_followed(self, path: Path) -> None:
        path.parent.mkdir()
        path.symlink_to(path.with_name("elsewhere"))

        with pytest.raises(UnusableSecret, match="symbolic link"):
            load_or_create(path)

        assert not path.with_name("elsewhere").exists()

    def test_a_folder_in_its_place_is_refused(self, path: Path) -> None:
        path.mkdir(parents=True, mode=0o700)

        with pytest.raises(UnusableSecret, match="not a regular file"):
            load_or_create(path)

    @pytest.mark.timeout(20)
    def test_a_pipe_in_its_place_is_refused_without_waiting(self, path: Path) -> None:
        path.parent.mkdir()
        os.mkfifo(path, 0o600)

        with pytest.raises(UnusableSecret, match="not a regular file"):
            load_or_create(path)


class TestConfigured:
    def test_the_configured_secret_wins_and_no_file_is_made(self, path: Path) -> None:
        settings = Settings(data_dir=path.parent, jwt_secret="0f1e2d3c4b5a69788796a5b4c3d2e1f0")

        assert local_secret(settings) == b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"
        assert not path.exists()

    @pytest.mark.parametrize("secret", ["secret", "changeme" * 4, "a" * 32, "0f1e2d3c4b5a69788796a5b4c3d2e1f"])
    def test_a_weak_one_is_refused_by_the_name_of_its_variable_and_not_shown(self, path: Path, secret: str) -> None:
        settings = Settings(data_dir=path.parent, jwt_secret=secret)

        with pytest.raises(UnusableSecret, match=r"^SCANLANE_JWT_SECRET (has|is)") as caught:
            local_secret(settings)

        assert secret not in str(caught.value).removeprefix("SCANLANE_JWT_SECRET")

    def test_without_one_the_file_is_used(self, kept: Path) -> None:
        assert local_secret(Settings(data_dir=kept.parent)) == SECRET


class TestLocalKeys:
    async def test_a_token_may_leave_the_key_unnamed_but_not_name_another(self) -> None:
        keys = LocalKeys(SECRET)

        assert await keys.find(None, "HS256") is keys.key
        assert await keys.find(key_id(SECRET), "HS256") is keys.key
        assert await keys.find("other", "HS256") is None

    async def test_it_serves_one_algorithm(self) -> None:
        assert await LocalKeys(SECRET).find(None, "RS256") is None


def _start(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
