"""A module that does what one behaviour says; each could betray that it does not run in a Python of its own."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def leave(module):
    """Change everything of the process that the next module could see."""
    os.environ["LEFT_BEHIND"] = "yes"
    os.environ.pop("AWS_REGION", None)
    os.chdir("/")
    os.umask(0)
    random.seed(1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.path.insert(0, "/left/behind")
    sys.modules["left_behind"] = sys
    tempfile.tempdir = "/left/behind"
    AnsibleModule.left_behind = True
    os.open("/dev/null", os.O_RDONLY)
    module.exit_json(changed=True)


def look(module):
    """Tell everything that a process starts with."""
    module.exit_json(
        environment=dict(os.environ),
        directory=str(Path.cwd()),
        umask=os.umask(0),
        search=[path for path in sys.path if "_payload" not in path],
        arguments=sys.argv,
        left=sorted(name for name in sys.modules if "left" in name or "slipway" in name),
        left_in_module_utils=hasattr(AnsibleModule, "left_behind"),
        term=str(signal.getsignal(signal.SIGTERM)),
        interrupt=str(signal.getsignal(signal.SIGINT)),
        pipe=str(signal.getsignal(signal.SIGPIPE)),
        masked=len(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        descriptors=sorted(int(path.name) for path in Path("/proc/self/fd").iterdir())[:-1],
        kinds=[os.path.realpath(f"/proc/self/fd/{number}").split(":")[0].rsplit("/", 1)[1] for number in range(3)],
        stdin=sys.stdin.read(),
        encodings=[sys.stdin.encoding, sys.stdout.encoding, sys.stderr.errors, sys.getfilesystemencoding()],
        buffering=[sys.stdout.line_buffering, sys.stderr.line_buffering],
        temporary=tempfile.gettempdir(),
        threads=threading.active_count(),
        priority=os.getpriority(os.PRIO_PROCESS, 0),
        flags=str(sys.flags),
        main=[sys.modules["__main__"].__name__, __name__],
        util=sorted(name for name in sys.modules if name.startswith("ansible_collections")),
        packages={name: len(sys.modules[name].__path__) for name in ("ansible", "ansible.module_utils")},
        others=_importable("ansible.module_utils.urls", "ansible_collections.amazon.aws.plugins.module_utils.arn"),
    )


def _importable(*names):
    """Tell from where modules come that this one does not bring along."""
    found = []
    for name in names:
        try:
            found.append(__import__(name, fromlist=["x"]).__file__)
        except ImportError as error:
            found.append(str(error))
    return found


def garbage(module):
    sys.stdout.write("this is not JSON\n")
    sys.stderr.write("nor is this\n")
    sys.exit(3)


def words(module):
    sys.exit("words instead of a number")


def nothing(module):
    pass


def raising(module):
    raise RuntimeError("raised on purpose")


def interrupted(module):
    raise KeyboardInterrupt


def killed(module):
    os.kill(os.getpid(), signal.SIGKILL)


def thread(module):
    """Exit while a thread still has something to say."""

    def say():
        time.sleep(0.3)
        sys.stdout.write('{"changed": true, "said": "by a thread"}\n')

    threading.Thread(target=say).start()
    sys.exit(0)


def unflushed(module):
    """Leave a file of the module's own open and unflushed."""
    globals()["file"] = open(module.params["path"], "w")  # noqa: PTH123, SIM115  left open on purpose
    globals()["file"].write("written")
    module.exit_json(changed=True)


def child(module):
    """Hold the output open by a child that says something later."""
    subprocess.Popen(["/bin/sh", "-c", "sleep 0.3; echo trailing >&2"])
    module.exit_json(changed=True)


def sleep(module):
    """Say that it runs, and write when it was left alone for long."""
    path = Path(module.params["path"])
    subprocess.Popen(["/bin/sh", "-c", f"sleep 2; echo child >> {path}.late"])
    path.write_text(str(os.getpid()))
    time.sleep(2)
    path.with_suffix(".late").write_text("module")
    module.exit_json(changed=True)


def main():
    module = AnsibleModule(
        {"do": {"required": True}, "path": {"type": "path"}, "secret": {"no_log": True}}, supports_check_mode=True
    )
    globals()[module.params["do"]](module)


main()
