"""Drives the real program under an X server: keys and mouse through xdotool, files dropped as a file
manager drops them, state read back from the state file, pictures of the window."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


class Program:
    def __init__(self, binary, *arguments, size="1280x720", folder=None):
        for tool in ("xdotool", "import"):
            if not shutil.which(tool):
                skip(f"{tool} is missing")
        self.folder = Path(folder or tempfile.mkdtemp(prefix="tricolour-gui-"))
        self.state_file = self.folder / "state.json"
        self.log_file = open(self.folder / "log", "w+")
        self.process = subprocess.Popen(
            [os.path.abspath(binary), f"--state-file={self.state_file}", f"--size={size}", *map(str, arguments)],
            stdout=self.log_file, stderr=subprocess.STDOUT, cwd=self.folder)
        self.wait(lambda s: s["open"] or s["open_error"], "a trace is open", 30)
        self.window = self.find_window()
        self.tool("windowfocus", self.window)
        time.sleep(0.3)

    def find_window(self):
        for _ in range(100):
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Tricolour"],
                                   capture_output=True, text=True).stdout.split()
            if found:
                return found[-1]
            time.sleep(0.1)
        raise AssertionError("no window of the program is shown")

    def tool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)

    # State.

    def state(self):
        for _ in range(50):
            try:
                return json.loads(self.state_file.read_text())
            except (OSError, ValueError):
                self.check_alive()
                time.sleep(0.02)
        return {}

    def check_alive(self):
        if self.process.poll() is not None:
            self.log_file.seek(0)
            raise AssertionError(f"the program ended with {self.process.returncode}:\n{self.log_file.read()}")

    def wait(self, condition, what, seconds=10):
        end = time.time() + seconds
        state = {}
        while time.time() < end:
            if self.state_file.exists():
                state = self.state()
                try:
                    if condition(state):
                        return state
                except (KeyError, TypeError):
                    pass
            self.check_alive()
            time.sleep(0.03)
        raise AssertionError(f"waited {seconds} s for: {what}\nstate: {json.dumps(state, indent=1)}")

    def settle(self):
        """Waits until nothing changes any more."""
        before = None
        for _ in range(100):
            now = self.state()
            if now == before and not now["map"]["moving"] and not now["loading"]:
                return now
            before = now
            time.sleep(0.12)
        return before

    def at(self):
        state = self.state()
        return state["position"]["operation"], state["position"]["step"]

    # Keys and mouse.

    def key(self, *keys):
        for key in keys:
            self.tool("key", "--delay", "60", key)
        time.sleep(0.1)

    def type(self, text):
        self.tool("type", "--delay", "40", text)
        time.sleep(0.1)

    def click(self, x, y, button=1, repeat=1):
        self.tool("mousemove", int(x), int(y))
        time.sleep(0.12)
        for _ in range(repeat):
            self.tool("click", button)
            time.sleep(0.08)
        time.sleep(0.15)

    def wheel(self, x, y, clicks):
        self.tool("mousemove", int(x), int(y))
        time.sleep(0.1)
        for _ in range(abs(clicks)):
            self.tool("click", 4 if clicks > 0 else 5)
            time.sleep(0.05)

    def drag(self, x0, y0, x1, y1):
        self.tool("mousemove", int(x0), int(y0))
        time.sleep(0.1)
        self.tool("mousedown", 1)
        for i in range(1, 9):
            self.tool("mousemove", int(x0 + (x1 - x0) * i / 8), int(y0 + (y1 - y0) * i / 8))
            time.sleep(0.04)
        self.tool("mouseup", 1)
        time.sleep(0.15)

    # The map.

    def pixel_of(self, offset):
        """Where a byte of the heap is on the screen."""
        m = self.settle()["map"]
        granule = offset // m["granule_bytes"]
        if m["layout"] == "rows":
            row, column = divmod(granule, m["row_length"])
        else:
            column, row = place_on_curve(granule, m["granules"])
        return (m["x"] + m["width"] / 2 + (column + 0.5 - m["centre_x"]) * m["scale"],
                m["y"] + m["height"] / 2 + (row + 0.5 - m["centre_y"]) * m["scale"])

    # Files.

    def drop(self, path):
        """Drops a file on the window with the XDND protocol."""
        try:
            from Xlib import X, Xatom, display
            from Xlib.protocol import event
        except ImportError:
            skip("python3-xlib is missing")
        d = display.Display()
        root = d.screen().root
        target = d.create_resource_object("window", int(self.window))
        atom = d.intern_atom
        source = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        selection, uri_list = atom("XdndSelection"), atom("text/uri-list")
        source.set_selection_owner(selection, X.CurrentTime)

        def send(kind, *data):
            message = event.ClientMessage(window=target, client_type=atom(kind),
                                          data=(32, (list(data) + [0] * 5)[:5]))
            target.send_event(message, event_mask=0)
            d.flush()

        def await_event(wanted, seconds=3):
            end = time.time() + seconds
            while time.time() < end:
                if d.pending_events():
                    e = d.next_event()
                    if wanted(e):
                        return e
                else:
                    time.sleep(0.01)
            return None

        send("XdndEnter", source.id, 5 << 24, uri_list, 0, 0)
        position = (200 << 16) | 200
        send("XdndPosition", source.id, 0, position, X.CurrentTime, atom("XdndActionCopy"))
        status = atom("XdndStatus")
        await_event(lambda e: e.type == X.ClientMessage and e.client_type == status)
        send("XdndDrop", source.id, 0, X.CurrentTime, 0, 0)
        request = await_event(lambda e: e.type == X.SelectionRequest)
        assert request, "the window did not ask for what was dropped"
        uri = "file://" + str(Path(path).resolve()) + "\r\n"
        request.requestor.change_property(request.property, uri_list, 8, uri.encode())
        request.requestor.send_event(event.SelectionNotify(
            time=request.time, requestor=request.requestor, selection=request.selection,
            target=request.target, property=request.property))
        d.flush()
        finished = atom("XdndFinished")
        await_event(lambda e: e.type == X.ClientMessage and e.client_type == finished, 2)
        d.close()

    # Pictures.

    def screenshot(self, name):
        folder = Path(os.environ.get("TRICOLOUR_SCREENSHOTS", self.folder))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        self.settle()
        subprocess.run(["import", "-window", self.window, str(path)], check=True)
        return path

    def close(self):
        self.key("ctrl+q")
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("Ctrl+Q did not close the program")
        assert status == 0, f"the program ended with {status}"

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)


def place_on_curve(index, cells):
    """Cell of a Hilbert curve that begins in the upper left corner and goes right first."""
    x = y = size = 0
    side = 1
    while side * side < cells:
        side *= 2
        size += 1
    # From the smallest square to the largest, each mirrored or turned into the one around it.
    for i in range(size):
        quarter = index >> 2 * i & 3
        if quarter == 0:
            x, y = y, x
        elif quarter == 1:
            x += 1 << i
        elif quarter == 2:
            x += 1 << i
            y += 1 << i
        else:
            x, y = (1 << i) - 1 - y, (2 << i) - 1 - x
    return x, y


def distinct_colours(path, x, y, width, height):
    """How many colours a part of a picture has."""
    out = subprocess.run(["convert", str(path), "-crop", f"{int(width)}x{int(height)}+{int(x)}+{int(y)}",
                          "+repage", "-format", "%k", "info:"], capture_output=True, text=True, check=True)
    return int(out.stdout)


def expect(condition, sentence):
    if not condition:
        raise AssertionError(sentence)
