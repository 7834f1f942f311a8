"""The house rules that a machine can check.  An exception needs a line with its reason in TOLERATED."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# "path:name of the rule" -> why this one may.  Only ever gets shorter.
TOLERATED = {
    "src/albumen/db/copying.py:only unit.py commits": "the target is no installation yet to make a unit of",
    "src/albumen/db/migrate.py:only unit.py commits": "migrations run before there is anything to make a unit of",
    "src/albumen/db/migrations/versions/0001_first.py:modules have at most 300 lines": "all first tables",
    "src/albumen/db/migrations/versions/0006_events.py:modules have at most 300 lines": "all tables of events",
    "tests/http/test_deadlines.py:tests wait for conditions, not for time": "that time passes is what is tested",
    "src/albumen/jobs/local.py:only unit.py commits": "claims and leases are the queue's own books, kept between jobs",
}

# Methods whose names a library chose.
LIBRARY_NAMES = {"process_bind_param", "process_result_value"}

SOURCE = ("src/",)
CODE = ("src/", "tools/", "bench/")
SPEAKING = ("src/albumen/cli/", "src/albumen/cli.py", "src/albumen_client/cli", "tools/", "bench/")

Found = Iterator[tuple[int, str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is, or is about to be, in the repository."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(sorted(name for name in names.split("\0") if name and (ROOT / name).is_file()))


def files(suffix: str, *places: str) -> list[str]:
    return [name for name in tracked() if name.endswith(suffix) and name.startswith(places or "")]


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(text(name), name)


def functions(name: str) -> Iterator[Function]:
    return (node for node in ast.walk(tree(name)) if isinstance(node, Function))


def calls(name: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(name)) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """The last word of what is called: `commit` for `session.commit()`."""
    match call.func:
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return word
    return ""


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def length(node: Function) -> int:
    """Lines from `def` to the end, without the docstring and without decorators."""
    doc = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    return lines(node) - (lines(doc) if doc else 0)


def parameters(node: Function) -> int:
    """How many, not counting self and cls; `*args` and `**kwargs` count."""
    spec = node.args
    plain = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    return sum(1 for argument in plain if argument and argument.arg not in ("self", "cls"))


def is_endpoint(node: Function) -> bool:
    """Decorated as a route: `@router.get("…")`, `@pages.post(…)`."""
    verbs = {"get", "post", "put", "patch", "delete", "head", "options", "api_route", "route", "websocket"}
    return any(isinstance(mark, ast.Call) and called(mark) in verbs for mark in node.decorator_list)


RULES: list[tuple[str, str, tuple[str, ...], Callable[[str], Found]]] = []


def rule(name: str, suffix: str, places: tuple[str, ...]) -> Callable[[Callable[[str], Found]], Callable[[str], Found]]:
    """Make a test of a function that yields (line, what is wrong) for one file."""

    def keep(check: Callable[[str], Found]) -> Callable[[str], Found]:
        RULES.append((name, suffix, places, check))
        return check

    return keep


@rule("functions have at most 40 lines", ".py", CODE)
def long_functions(name: str) -> Found:
    for node in functions(name):
        if length(node) > 40:
            yield node.lineno, f"{node.name} has {length(node)}"


@rule("functions have at most 5 parameters", ".py", CODE)
def wide_functions(name: str) -> Found:
    for node in functions(name):
        if parameters(node) > 5:
            yield node.lineno, f"{node.name} has {parameters(node)}"


@rule("endpoints have at most 12 lines", ".py", SOURCE)
def long_endpoints(name: str) -> Found:
    for node in functions(name):
        if is_endpoint(node) and length(node) > 12:
            yield node.lineno, f"{node.name} has {length(node)}"


def at_most(limit: int) -> Callable[[str], Found]:
    def check(name: str) -> Found:
        total = text(name).count("\n")
        if total > limit:
            yield total, f"has {total}"

    return check


rule("modules have at most 300 lines", ".py", CODE)(at_most(300))
rule("test modules have at most 400 lines", ".py", ("tests/",))(at_most(400))
rule("templates have at most 120 lines", ".html", ("src/albumen/web/templates/",))(at_most(120))
rule("scripts have at most 200 lines", ".js", ("src/albumen/web/static/js/",))(at_most(200))


@rule("every module says what it keeps", ".py", (*CODE, "tests/"))
def undocumented(name: str) -> Found:
    if tree(name).body and not ast.get_docstring(tree(name)):
        yield 1, "has no docstring"


@rule("every folder of modules is a package, or the order of imports is not seen", ".py", SOURCE)
def hidden_modules(name: str) -> Found:
    if "/migrations/" not in name and not (ROOT / name).with_name("__init__.py").exists():
        yield 1, "has no __init__.py beside it"


@rule("only unit.py commits", ".py", ("src/albumen/",))
def commits(name: str) -> Found:
    for call in calls(name):
        if called(call) == "commit" and name != "src/albumen/unit.py":
            yield call.lineno, ast.unparse(call)


@rule("print is for the command line", ".py", SOURCE)
def prints(name: str) -> Found:
    for call in calls(name):
        if isinstance(call.func, ast.Name) and call.func.id == "print" and not name.startswith(SPEAKING):
            yield call.lineno, ast.unparse(call)[:60]


@rule("names say what a thing is", ".py", CODE)
def vague_names(name: str) -> Found:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ClassDef) and re.search(
            "(Manager|Service|Helper|Utils?|Handler|Impl|Info)$", node.name
        ):
            yield node.lineno, f"class {node.name}"
        if isinstance(node, Function) and re.match("_*(process|do)_", node.name) and node.name not in LIBRARY_NAMES:
            yield node.lineno, f"def {node.name}"


@rule("lists are paged by key, never by offset", ".py", ("src/albumen/",))
def offsets(name: str) -> Found:
    if "sqlalchemy" not in text(name):
        return
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "offset":
            yield node.lineno, ast.unparse(node.func)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\bOFFSET\b", node.value):
            yield node.lineno, "OFFSET in SQL"


@rule("silenced checks carry a reason", ".py", (*CODE, "tests/"))
def silenced(name: str) -> Found:
    for number, line in enumerate(text(name).splitlines(), 1):
        if re.search(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\w)", line):
            yield number, "type: ignore wants [code]  # reason"
        if re.search(r"#\s*noqa(?!:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*\s+[-#:(–—]*\s*\w)", line):
            yield number, "noqa wants a code and a reason"


def asserts(node: ast.AST) -> bool:
    """An assert, a `with raises(…)`, or a call of something whose name says that it checks."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            return True
        if isinstance(inner, ast.Call) and re.match("_*(assert|check|raises|expect|fail|warns|must)", called(inner)):
            return True
    return False


@rule("every test asserts something", ".py", ("tests/",))
def empty_tests(name: str) -> Found:
    for node in functions(name):
        if node.name.startswith("test_") and not asserts(node):
            yield node.lineno, node.name


@rule("tests wait for conditions, not for time", ".py", ("tests/",))
def sleeps(name: str) -> Found:
    for call in calls(name):
        gives_way = len(call.args) == 1 and ast.unparse(call.args[0]) == "0"
        if not gives_way and ast.unparse(call.func) in ("time.sleep", "sleep", "asyncio.sleep", "anyio.sleep"):
            yield call.lineno, ast.unparse(call)


# Written so that this file does not hold what it looks for.
PLACES = ["/wor[k]/", "/roo[t]/", r"pyp[i]\.org", "pythonhoste[d]", r"npmj[s]\.", r"yarnpk[g]\.", r"crate[s]\.io"]


@rule("no file names a machine's path or a registry's host", "", ())
def foreign_places(name: str) -> Found:
    content = (ROOT / name).read_bytes()
    if b"\0" in content[:8000] or "/static/vendor/" in name:
        return
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if re.search("|".join(PLACES), line):
            yield number, line.strip()[:100]


@rule("lock files hold pins and hashes only", ".lock", ())
def addresses(name: str) -> Found:
    for number, line in enumerate(text(name).splitlines(), 1):
        if "://" in line or line.startswith("-"):
            yield number, line


@pytest.mark.parametrize(("name", "suffix", "places", "check"), RULES, ids=[name for name, *_ in RULES])
def test_rule(name: str, suffix: str, places: tuple[str, ...], check: Callable[[str], Found]) -> None:
    broken = [
        f"{file}:{line}: {what}"
        for file in files(suffix, *places)
        if f"{file}:{name}" not in TOLERATED
        for line, what in check(file)
    ]
    assert not broken, f"{name}:\n" + "\n".join(broken)


def test_every_exception_is_still_needed() -> None:
    checks = {name: check for name, *_, check in RULES}
    listed = [key.partition(":") for key in TOLERATED]
    idle = [file + ":" + name for file, _, name in listed if file not in tracked() or not any(checks[name](file))]
    assert not idle, f"take these out of TOLERATED: {idle}"
