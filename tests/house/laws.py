"""The laws of the house, each a function: the root of a tree in, the breaches out, as `place: sentence`."""

import ast
import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FLOORS = {"issuers": 0, "skills": 0, "credentials": 1, "portfolios": 2, "config": 3}
KINDS = {"urls", "views", "api", "tasks", "forms", "access", "admin", "models", "management", "migrations",
         "apps", "receivers"}  # fmt: skip
# What a kind of module never imports of ours; a module that is none of the kinds is a verb.
ABOVE = {
    "models": {"urls", "views", "api", "tasks", "forms", "access", "admin", "management", "receivers"},
    "verb": {"urls", "views", "api", "tasks", "forms", "access", "admin", "management", "receivers"},
    "access": {"urls", "views", "api", "tasks", "forms", "admin", "management", "receivers"},
    "forms": {"urls", "views", "api", "tasks", "admin", "management", "receivers"},
    "tasks": {"urls", "views", "api", "forms", "access", "admin", "management", "receivers"},
    "views": {"urls", "admin", "management", "receivers"},
    "api": {"urls", "views", "admin", "management", "receivers"},
}
# A verb never sees a request, a form or a task; only what writes a mail or a certificate sees templates.
NOT_FOR_VERBS = (
    "django.http",
    "django.shortcuts",
    "django.forms",
    "django.views",
    "rest_framework",
    "celery",
)
TEMPLATES = "django.template"
WRITERS = ("credentials/mail", "credentials/rendering/", "issuers/mail", "portfolios/mail")
PURE = {
    "credentials/openbadges/": "credentials.openbadges",
    "issuers/multikey.py": "issuers.multikey",
    "issuers/did.py": "issuers.multikey",
}
NETWORK = ("requests", "httpx", "urllib3", "aiohttp", "urllib.request", "http.client", "socket", "ssl",
           "ftplib", "smtplib", "telnetlib", "xmlrpc", "pycurl", "dns")  # fmt: skip
# Names to catch are no way out.
TO_CATCH = {
    f"smtplib.{name}"
    for name, what in vars(smtplib).items()
    if isinstance(what, type) and issubclass(what, OSError)
}
LONGEST = 60
LONGEST_TEST = 80  # a table of cases is long, but not deep
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}
PRIVATE_KEYS = {"AESGCM", "Ed25519PrivateKey", "private_bytes", "private_bytes_raw", "from_private_bytes"}
# What waits for others or works for long; `delay` would wake a worker before there is something to do.
SLOW = {"fetch", "txt_records", "urlopen", "sleep", "send", "send_next", "send_messages", "send_mail",
        "get_connection", "render", "render_many", "render_to_string", "draw", "delay", "ring"}  # fmt: skip
LOADERS = {"set_document_loader", "requests_document_loader", "aiohttp_document_loader"}
CONTEXTS = (
    "www.w3.org/ns/credentials/v2",
    "purl.imsglobal.org/spec/ob/v3p0/context",
    "w3id.org/security/data-",
)
ENVIRONMENT_DOOR = {"manage.py", "config/settings.py", "config/bootstrap.py", "config/wsgi.py",
                    "config/celery.py", "config/management/commands/up.py",
                    "config/management/commands/test.py", "config/management/commands/bench.py"}  # fmt: skip
# The port is tried before anything starts there, and asked until the web server answers: this machine only.
SOCKET_DOOR = {"credentials/fetching", "config/management/commands/up.py"}
WRITTEN = [*FLOORS, "templates", "static", "tests"]
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


@dataclass(frozen=True)
class Module:
    """A Python file of ours, parsed."""

    place: str  # relative to the root, with slashes
    tree: ast.Module

    @property
    def app(self) -> str:
        return self.place.split("/")[0]

    @property
    def kind(self) -> str:
        names = [part.removesuffix(".py") for part in self.place.split("/")[1:]]
        return next((name for name in names if name in KINDS), "verb")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and absolute name of everything imported, also inside functions and by import_module."""
        package = self.place.removesuffix("/__init__.py").removesuffix(".py").split("/")
        package = package if self.place.endswith("__init__.py") else package[:-1]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else []
                origin = ".".join([*above, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and _name(node.func) in {"import_module", "__import__"}:
                yield from (
                    (node.lineno, str(arg.value)) for arg in node.args if isinstance(arg, ast.Constant)
                )

    def names(self) -> Iterator[tuple[int, str]]:
        """Line and name of every name, attribute and import that is used."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute):
                yield node.lineno, _name(node)
            elif isinstance(node, ast.alias):
                yield node.lineno, node.name.split(".")[-1]


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def parsed(text: str) -> ast.Module:
    """Each law looks at the same trees; they are never changed."""
    return ast.parse(text)


def modules(root: Path, *, tests: bool = False) -> list[Module]:
    """Our modules: the five apps and manage.py; with `tests`, the tests too. Migrations are generated."""
    folders = [*FLOORS, "tests"] if tests else FLOORS
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    paths += [root / "manage.py"] if (root / "manage.py").exists() else []
    return [
        Module(path.relative_to(root).as_posix(), parsed(path.read_text(encoding="utf-8")))
        for path in paths
        if "migrations" not in path.parts
    ]


def _is(imported: str, names: tuple[str, ...]) -> bool:
    return any(imported == name or imported.startswith(f"{name}.") for name in names)


def floors(root: Path) -> list[str]:
    """Law 1: never up, never sideways, not even inside a function."""
    return [
        f"{module.place}:{line}: {module.app} imports {imported}"
        for module in modules(root)
        for line, imported in module.imports()
        if (other := imported.split(".")[0]) in FLOORS
        and module.app in FLOORS
        and other != module.app
        and FLOORS[other] >= FLOORS[module.app]
    ]


def tests_stay_outside(root: Path) -> list[str]:
    """Nothing of the site imports the tests, but the commands that run them."""
    runners = {"config/management/commands/test.py", "config/management/commands/bench.py"}
    return [
        f"{module.place}:{line}: imports {imported}"
        for module in modules(root)
        for line, imported in module.imports()
        if imported.split(".")[0] in {"tests", "pytest"} and module.place not in runners
    ]


def purity(root: Path) -> list[str]:
    """Law 2: the pure packages know no Django, no model, no network and no clock."""
    found = []
    for module in modules(root):
        own = next((name for place, name in PURE.items() if module.place.startswith(place)), None)
        if own:
            found += _impure_imports(module, own)
            found += [
                f"{module.place}:{node.lineno}: looks at the clock"
                for node in ast.walk(module.tree)
                if isinstance(node, ast.Call) and _name(node.func) in CLOCKS
            ]
        elif module.place.startswith("credentials/roster"):
            found += [
                f"{module.place}:{line}: a roster knows no model, but imports {imported}"
                for line, imported in module.imports()
                if _is(imported, ("django",)) or ".models" in imported
            ]
    return found


def _impure_imports(module: Module, own: str) -> list[str]:
    # did may use multikey; within openbadges anything of openbadges
    return [
        f"{module.place}:{line}: is pure, but imports {imported}"
        for line, imported in module.imports()
        if _is(imported, ("django", "config", *NETWORK))
        or (imported.split(".")[0] in FLOORS and not _is(imported, (own,)) and imported != own)
    ]


def layers(root: Path) -> list[str]:
    """Law 3: urls → views, api → tasks → verbs → models; forms and access stand beside the verbs."""
    found = []
    for module in modules(root):
        if module.app not in FLOORS or module.app == "config":
            continue
        above = ABOVE.get(module.kind, set())
        for line, imported in module.imports():
            parts = imported.split(".")
            if (parts[0] in FLOORS and set(parts[1:]) & above) or _is(imported, _unseen(module)):
                found.append(f"{module.place}:{line}: {module.kind} imports {imported}")
    return found


def _unseen(module: Module) -> tuple[str, ...]:
    """Django's doors to the outside that this module does not see."""
    if module.kind not in {"verb", "models"}:
        return ()
    return NOT_FOR_VERBS if module.place.startswith(WRITERS) else (*NOT_FOR_VERBS, TEMPLATES)


def no_signals_of_ours(root: Path) -> list[str]:
    """Law 4: we define no signals."""
    return [
        f"{module.place}:{line}: defines a signal"
        for module in modules(root)
        for line, imported in module.imports()
        if imported == "django.dispatch.Signal"
    ]


def private_keys_have_one_door(root: Path) -> list[str]:
    return _names_behind_a_door(root, PRIVATE_KEYS, "issuers/keys", "touches private keys")


def contexts_have_one_door(root: Path) -> list[str]:
    door = "credentials/openbadges/contexts"
    literals = [
        f"{module.place}:{node.lineno}: names a JSON-LD context"
        for module in modules(root)
        if not module.place.startswith(door)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any(context in node.value for context in CONTEXTS) and "\n" not in node.value
    ]
    return literals + _names_behind_a_door(root, LOADERS, door, "loads JSON-LD contexts")


def _names_behind_a_door(root: Path, names: set[str], door: str, what: str) -> list[str]:
    return [
        f"{module.place}:{line}: {what} ({name})"
        for module in modules(root)
        if not module.place.startswith(door)
        for line, name in module.names()
        if name in names
    ]


def network_has_one_door(root: Path) -> list[str]:
    return [
        f"{module.place}:{line}: reaches out by {imported}"
        for module in modules(root)
        if not module.place.startswith(tuple(SOCKET_DOOR))
        for line, imported in module.imports()
        if _is(imported, NETWORK) and imported not in TO_CATCH
    ]


def environment_has_one_door(root: Path) -> list[str]:
    return [
        f"{module.place}:{line}: reads the environment"
        for module in modules(root)
        if module.place not in ENVIRONMENT_DOOR
        for line, name in module.names()
        if name in {"environ", "getenv", "environb"}
    ]


def functions_are_short(root: Path) -> list[str]:
    return [
        f"{module.place}:{node.lineno}: {node.name} has {length} lines"
        for module in modules(root, tests=True)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := node.end_lineno - node.lineno + 1)
        > (LONGEST_TEST if module.app == "tests" else LONGEST)
    ]


def nothing_slow_inside_a_transaction(root: Path) -> list[str]:
    """No mail, no going out, no rendering and no sleep while rows are locked (TRUST.md 14)."""
    return [
        f"{module.place}:{call.lineno}: {_name(call.func)} inside a transaction"
        for module in modules(root)
        for node in ast.walk(module.tree)
        if _is_transaction(node)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and _name(call.func) in SLOW
    ]


def _is_transaction(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        begins: list[ast.AST] = list(node.decorator_list)
    elif isinstance(node, ast.With):
        begins = [item.context_expr for item in node.items]
    else:
        return False
    return any(_name(part.func if isinstance(part, ast.Call) else part) == "atomic" for part in begins)


def errors_are_caught_by_name(root: Path) -> list[str]:
    broad = {"Exception", "BaseException"}
    return [
        f"{module.place}:{node.lineno}: catches everything"
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or {_name(part) for part in ast.walk(node.type)} & broad
    ]


def templates_keep_the_content_policy(root: Path) -> list[str]:
    """No inline style or script. Certificates and mails are not pages: no browser asks our policy there."""
    rules = {
        "an inline style": r"<[^>]*\sstyle\s*=",
        "a style element": r"<style\b",
        "an inline script": r"<script\b(?![^>]*\bsrc\s*=)",
        "a handler": r"<[^>]*\son[a-z]+\s*=",
        "a script address": r"javascript:",
    }
    found = []
    for path in sorted((root / "templates").rglob("*.html")):
        place = path.relative_to(root).as_posix()
        if re.search(r"/(certificates|mail|email)/", place):
            continue
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
        # What stands inside {{ }} and {% %} is not HTML; a comparison there would end the tag too early.
        html = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
        found += [f"{place}: {what}" for what, rule in rules.items() if re.search(rule, html, re.IGNORECASE)]
    return found


def nothing_is_unfinished(root: Path) -> list[str]:
    """No note that something is still to be written, in any text of ours."""
    found = []
    for path in (path for folder in WRITTEN for path in sorted((root / folder).rglob("*"))):
        if path.suffix in {".py", ".html", ".css", ".js", ".txt", ".toml"} and "vectors" not in path.parts:
            place = path.relative_to(root).as_posix()
            lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            found += [f"{place}:{number}: unfinished" for number, line in lines if UNFINISHED.search(line)]
    return found


def tests_are_run_and_real(root: Path) -> list[str]:
    """No test is skipped or expected to fail, nothing is mocked. Missing programs: tests/conftest alone."""
    left_out = {"skip", "skipif", "xfail", "skipTest", "importorskip"}
    tests = [module for module in modules(root, tests=True) if module.app == "tests"]
    return [
        f"{module.place}:{line}: {name}"
        for module in tests
        for line, name in module.names()
        if name in left_out and module.place != "tests/conftest.py"
    ] + [
        f"{module.place}:{line}: mocks"
        for module in tests
        for line, imported in module.imports()
        if _is(imported, ("unittest.mock", "mock", "pytest_mock"))
    ]


LAWS = [
    floors,
    tests_stay_outside,
    purity,
    layers,
    no_signals_of_ours,
    private_keys_have_one_door,
    contexts_have_one_door,
    network_has_one_door,
    environment_has_one_door,
    functions_are_short,
    nothing_slow_inside_a_transaction,
    errors_are_caught_by_name,
    templates_keep_the_content_policy,
    nothing_is_unfinished,
    tests_are_run_and_real,
]
