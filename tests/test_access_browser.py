"""Signing in with a real browser: by keyboard on a phone, at a provider, and out again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser_support import chromium, no_sideways_scroll
from tests.oidc_provider import CLIENT, SECRET, oidc_provider
from tests.serving import opened, served
from ui.people import Role

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
PUBLIC = "http://localhost:7999"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


def test_a_phones_keyboard_signs_in_with_the_second_password(browser: Browser, tmp_path: Path) -> None:
    with opened(tmp_path, None, {"CITEDESK_ACCESS": "local"}) as server, served(server) as url:
        server.accounts.add("ann", PASSWORD, Role.READER, ["staff"])
        context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
        page = context.new_page()
        page.goto(f"{url}/account?from=mail")
        page.wait_for_selector("#name:focus")  # a browser focuses some time after it has loaded
        page.keyboard.type("Ann")
        page.keyboard.press("Tab")
        page.keyboard.type("not the password")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        assert page.input_value("#name") == "Ann"
        page.wait_for_selector("#password:focus")
        assert no_sideways_scroll(page)
        assert_accessible(page)
        page.screenshot(path=tmp_path / "signin.png")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/account?from=mail")
        page.keyboard.press("Tab")
        page.fill("#label", "night job")
        page.press("#label", "Enter")
        assert page.locator(".made code").inner_text().startswith("cd_")
        assert no_sideways_scroll(page)
        assert_accessible(page)
        page.screenshot(path=tmp_path / "account.png", full_page=True)
        page.goto(url)
        page.wait_for_selector(".cd-welcome")
        page.goto(f"{url}/account")
        page.get_by_role("link", name="Sign out").click()
        page.wait_for_selector("text=You are not signed in")
        page.goto(f"{url}/account")
        page.wait_for_selector("#password")
        context.close()


def test_a_provider_signs_a_browser_in_and_out(browser: Browser, tmp_path: Path) -> None:
    with oidc_provider() as told:
        told.claims = {"groups": ["staff"]}
        environment = {
            "CITEDESK_ACCESS": "oidc",
            "CITEDESK_PUBLIC_URL": PUBLIC,
            "CITEDESK_OIDC_ISSUER": told.issuer,
            "CITEDESK_OIDC_CLIENT": CLIENT,
            "CITEDESK_OIDC_SECRET": SECRET,
        }
        with opened(tmp_path, None, environment) as server, served(server) as url:
            mapped = f"--host-resolver-rules=MAP localhost:7999 {url.removeprefix('http://')}"
            path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            there = browser.browser_type.launch(executable_path=path, args=["--no-sandbox", mapped])
            page = there.new_page()
            page.goto(f"{PUBLIC}/account?from=mail")
            page.wait_for_url("**/account?from=mail")
            assert "ann" in page.locator("dl").inner_text()
            page.goto(f"{PUBLIC}/signout")  # as from a bookmark: it asks first
            page.get_by_role("button", name="Sign out").press("Enter")
            page.wait_for_selector("text=You are not signed in")
            assert told.ended
            assert page.url.startswith(f"{PUBLIC}/signout")
            there.close()


def test_a_proxy_names_who_is_at_the_browser(browser: Browser, tmp_path: Path) -> None:
    environment = {"CITEDESK_ACCESS": "proxy", "CITEDESK_PROXIES": "127.0.0.1"}
    with opened(tmp_path, None, environment) as server, served(server) as url:
        named = browser.new_context(extra_http_headers={"X-Forwarded-User": "ann", "X-Forwarded-Groups": "staff"})
        page = named.new_page()
        page.goto(url)
        page.wait_for_selector(".cd-welcome")
        page.goto(f"{url}/account")
        told = page.locator("main").inner_text()
        assert "ann" in told and "staff" in told
        named.close()
        nobody = browser.new_context()
        page = nobody.new_page()
        page.goto(url)
        assert page.locator(".cd-welcome").count() == 0 and page.locator("#password").count() == 0
        nobody.close()
