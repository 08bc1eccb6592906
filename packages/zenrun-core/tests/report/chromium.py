"""A headless Chromium for tests: pages opened, clicked, typed into and looked at, as by a person.

It is driven by its DevTools protocol over a pair of pipes, which needs neither a driver nor a port.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WAIT = 30  # seconds
# Nothing that a browser does by itself: no look at the network, no first questions.
SWITCHES = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--mute-audio",
    "--password-store=basic",
)


def find_chromium():
    """Give the path of a Chromium or Chrome: CHROME's, or the first on the PATH; None if there is none."""
    named = os.environ.get("CHROME")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser, in a process of its own.

    Args:
        program: Its path.
        folder: A new folder for what it keeps.
    """

    def __init__(self, program, folder):
        its_in, self._out = os.pipe()
        self._in, its_out = os.pipe()
        # It reads from descriptor 3 and writes to descriptor 4, which may be these very ones.
        there = [fcntl.fcntl(file, fcntl.F_DUPFD, 10) for file in (its_in, its_out)]
        plumbing = 'exec "$@" 3<&{0} 4>&{1} {0}<&- {1}>&-'.format(*there)
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [program, *SWITCHES, *sandbox, f"--user-data-dir={folder}"]
        self._process = subprocess.Popen(
            ["bash", "-c", plumbing, "bash", *command],
            pass_fds=there,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for file in (its_in, its_out, *there):
            os.close(file)
        self._number = 0
        self._rest = b""
        self.events = []

    def send(self, method, session=None, **params):
        """Have something done, and give what it gives."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self.events.append(answer)

    def _next(self):
        deadline = time.monotonic() + WAIT
        while b"\0" not in self._rest:
            left = deadline - time.monotonic()
            assert left > 0, "the browser does not answer"
            if select.select([self._in], [], [], left)[0]:
                part = os.read(self._in, 1 << 20)
                assert part, "the browser is gone"
                self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        return json.loads(line)

    def close(self):
        """End it."""
        try:
            self.send("Browser.close")
            self._process.wait(WAIT)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._out)
            os.close(self._in)


class Tab:
    """A page in a browser.

    Args:
        browser: The browser.
        path: The page's file.
        size: The window's width and height.
        dark: Whether the person prefers dark pages.
        script: Whether scripts run.
    """

    def __init__(self, browser, path, *, size=(1280, 800), dark=False, script=True):
        self._browser = browser
        self.target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.send("Target.attachToTarget", targetId=self.target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        width, height = size
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self._fragment = "" if "#" not in str(path) else "#" + str(path).partition("#")[2]
        file = Path(str(path).partition("#")[0]).resolve()
        self.send("Page.navigate", url=file.as_uri() + self._fragment)
        ready = "document.documentElement?.dataset.ready !== undefined"
        self.wait(ready if script else "document.readyState === 'complete'")

    def send(self, method, **params):
        """Have something done in the page."""
        return self._browser.send(method, session=self._session, **params)

    def run(self, code):
        """Give what an expression of JavaScript comes to there."""
        made = self.send("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in made, made["exceptionDetails"]
        return made["result"].get("value")

    def wait(self, condition):
        """Wait until an expression is true."""
        deadline = time.monotonic() + WAIT
        while not self.run(condition):
            assert time.monotonic() < deadline, condition
            time.sleep(0.01)

    def texts(self, selector):
        """Give the texts of the elements that a selector finds."""
        return self.run(
            f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText.trim())"
        )

    def click(self, selector, text=None):
        """Click, with the mouse, on the first element that a selector finds, or on that with a text."""
        found = self.run(
            f"""(() => {{
                const all = [...document.querySelectorAll({json.dumps(selector)})];
                const text = {json.dumps(text)};
                const it = all.find(e => text === null || e.innerText.trim() === text);
                if (!it) return null;
                it.scrollIntoView({{block: "center", inline: "center"}});
                const box = it.getBoundingClientRect();
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const top = document.elementFromPoint(x, y);
                return it.contains(top) || top.contains(it) ? [x, y] : "covered";
            }})()"""
        )
        assert isinstance(found, list), (selector, text, found)
        x, y = found
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def write(self, text):
        """Type a text into what has the focus."""
        self.send("Input.insertText", text=text)

    def press(self, key):
        """Press a key."""
        codes = {"Escape": 27, "Enter": 13, "Backspace": 8, "ArrowRight": 39}
        more = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
                **(more if kind == "keyDown" else {}),
            )

    def screenshot(self, path, *, whole=False):
        """Save how the page looks."""
        made = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(made["data"]))

    def events(self, method):
        """Give the params of the events of a kind that this page had so far."""
        self.run("0")
        return [
            event["params"]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event["method"] == method
        ]

    def asked_for(self):
        """Give the addresses that the page asked for."""
        asked = self.events("Network.requestWillBeSent")
        return [event["request"]["url"] for event in asked]

    def complaints(self):
        """Give what the page's console and its scripts complained of."""
        logged = [event["entry"]["text"] for event in self.events("Log.entryAdded")]
        thrown = [
            event["exceptionDetails"]["text"] for event in self.events("Runtime.exceptionThrown")
        ]
        return logged + thrown

    def close(self):
        """Close it."""
        self._browser.send("Target.closeTarget", targetId=self.target)
