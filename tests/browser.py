"""A real browser tells on a page: console errors, breaches of the content policy, axe's findings."""

from axe_playwright_python.sync_playwright import Axe

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    window.reportViolation(`${event.violatedDirective} ${event.blockedURI} on ${document.location}`))"""


class Watch:
    """Everything that went wrong on the pages of one browser context."""

    def __init__(self, context):
        self.violations: list[str] = []
        self.errors: list[str] = []
        self.refused: set[str] = set()  # visits that the site itself answered with 4xx
        context.expose_function("reportViolation", lambda violation: self.violations.append(violation))
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("response", self._on_response)

    def _on_response(self, response) -> None:
        if 400 <= response.status < 500 and response.request.is_navigation_request():
            self.refused.add(response.url)

    def _on_console(self, message) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def problems(self) -> list[str]:
        """What a page did wrong; a visit that the site refused is not an error of the page."""
        own = [error for error in self.errors if not any(f"({url})" in error for url in self.refused)]
        return self.violations + own


def assert_accessible(page) -> None:
    """axe finds nothing on the page as it stands, in light and in dark."""
    findings = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in Axe().run(page).response["violations"]:
            places = ", ".join(str(node["target"]) for node in violation["nodes"][:5])
            findings.append(f"{scheme}: {violation['id']}: {violation['help']} at {places}")
    page.emulate_media(color_scheme="light")
    assert findings == [], f"{page.url}:\n" + "\n".join(findings)
