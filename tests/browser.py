"""A real browser tells on a page: console errors, breaches of the content policy, axe's findings."""

from axe_playwright_python.base import AXE_SCRIPT

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

PHONE, DESK = WIDTHS = (375, 1280)
EVERY_RULE = {"resultTypes": ["violations"]}
OF_COLOUR = ["color-contrast", "link-in-text-block"]
RULES_OF_COLOUR = EVERY_RULE | {"runOnly": OF_COLOUR}
OTHER_RULES = EVERY_RULE | {"rules": {rule: {"enabled": False} for rule in OF_COLOUR}}
# What is asked at each width in light and in dark. Only colours differ between light and dark. Most time goes
# into colours, and those hardly differ between narrow and wide: each theme is looked at once for them.
EVERYWHERE = {width: {"light": EVERY_RULE, "dark": RULES_OF_COLOUR} for width in WIDTHS}
CROSSWISE = {PHONE: {"light": OTHER_RULES, "dark": RULES_OF_COLOUR}, DESK: {"light": EVERY_RULE}}
ASK_AXE = """async (options) => (await axe.run(options)).violations.map((found) =>
    `${found.id}: ${found.help} at ${found.nodes.slice(0, 5).map((node) => node.target).join(", ")}`)"""


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
    """axe finds nothing on the page as it stands, in light and in dark, wide and narrow."""
    findings = looked_at(page)
    assert findings == [], f"{page.url}:\n" + "\n".join(findings)


def looked_at(page, looks=EVERYWHERE) -> list[str]:
    """What axe finds on the page in light and dark, wide and narrow, and whether it moves sideways."""
    page.evaluate(AXE_SCRIPT)
    findings = []
    for width, schemes in looks.items():
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, options in schemes.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            findings += [f"{scheme}, {width} px: {finding}" for finding in page.evaluate(ASK_AXE, options)]
        if (broad := page.evaluate("document.documentElement.scrollWidth")) > width:
            findings.append(f"{width} px: it is {broad} px broad")
    page.emulate_media(color_scheme="light")
    return findings
