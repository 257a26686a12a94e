# Runs the Python of one script of a model. Messages come on descriptor 0 and go to descriptor 1: four bytes of length, little
# endian, then a value in the marshal format, version 2. Everything a script prints is collected and goes with the next answer.
import builtins
import io
import marshal
import os
import sys


def main():
    source = sys.stdin.buffer
    target = os.fdopen(os.dup(1), "wb")
    devnull = os.open(os.devnull, os.O_RDWR)
    os.dup2(devnull, 1)
    sys.stdin = io.StringIO()
    sys.path[:] = [path for path in sys.path if path]

    def read():
        head = source.read(4)
        if len(head) < 4:
            os._exit(0)
        return marshal.loads(source.read(int.from_bytes(head, "little")))

    def write(value):
        data = marshal.dumps(value, 2)
        target.write(len(data).to_bytes(4, "little") + data)
        target.flush()

    start = read()
    child = Child(start, read, write)
    while True:
        write(child.answer(read()))


class Log:
    """What takes the place of stdout and stderr: whole lines, kept until the next answer."""

    def __init__(self, level, lines):
        self.level, self.lines, self.rest = level, lines, ""

    def write(self, text):
        parts = (self.rest + str(text)).split("\n")
        self.rest = parts.pop()[-65536:]
        if len(self.lines) < 10000:
            self.lines.extend((self.level, part) for part in parts if part)
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


class Failed(Exception):
    pass


class Child:
    def __init__(self, start, read, write):
        self.read, self.send = read, write
        self.lines = []
        self.now = 0
        self.omitted = None
        self.listeners, self.handlers = {}, {}
        sys.stdout, sys.stderr = Log("info", self.lines), Log("warn", self.lines)
        self.modules = start["modules"]
        if not start["real"]:
            self.fix_time_and_chance()
        self.esp = self.make_esp()
        self.start = start
        self.problem = None
        self.names = None
        self.renew = processor_time(start["seconds"])
        limit(start)

    # ---------------------------------------------------------------- messages

    def answer(self, request):
        self.now = request.get("now", self.now)
        self.renew()
        try:
            result = getattr(self, "do_" + request["do"])(request)
            answer = {"result": result}
        except RecursionError:
            answer = {"error": "It calls itself too deep."}
        except MemoryError:
            answer = {"error": "It holds more memory than it may."}
        except BaseException as error:
            answer = {"error": describe(error)}
        if self.lines:
            answer["log"] = list(self.lines)
            self.lines.clear()
        return answer

    def do_load(self, request):
        import random
        random.seed(request["seed"])
        space = {"__name__": "__esp__", "__builtins__": builtins}
        module = type(sys)("__esp__")
        module.__dict__.update(space)
        sys.modules["__esp__"] = module
        self.space = module.__dict__
        for name, code in request["code"]:
            exec(compile(code, name, "exec", dont_inherit=True), self.space)
        if request.get("init"):
            self.function(request["init"])()
        self.names = {name: value for name, value in self.space.items() if is_code(value)}
        return None

    def do_check(self, request):
        """Compiles code without running it: for each part nothing, or line, column and what is wrong."""
        faults = []
        for name, code in request["code"]:
            try:
                compile(code, name, "exec", dont_inherit=True)
                faults.append(None)
            except SyntaxError as error:
                faults.append((error.lineno or 1, error.offset or 1, str(error.msg)))
            except (ValueError, OverflowError, RecursionError, MemoryError) as error:
                faults.append((1, 1, describe(error)))
        self.lines.clear()
        return faults

    def do_has(self, request):
        return callable(self.space.get(request["name"]))

    def do_call(self, request):
        function = self.function(request["name"])
        results = []
        for arguments in request["calls"]:
            try:
                results.append((True, clean(function(*arguments), 0)))
            except RecursionError:
                results.append((False, "It calls itself too deep."))
            except MemoryError:
                results.append((False, "It holds more memory than it may."))
            except BaseException as error:
                results.append((False, describe(error)))
        return results

    def places(self):
        """Everything that the code remembers, by a name for its place, in a fixed order."""
        import json
        import types
        found = {}
        if self.listeners or self.handlers:
            # One text: parts of it would or would not be one object with names elsewhere in the state.
            found[("host", "calls")] = json.dumps([self.listeners, self.handlers], sort_keys=True)
        for name, value in sorted(self.space.items()):
            if self.is_state(name, value):
                found[("global", name)] = value
            elif isinstance(value, types.FunctionType) and self.names.get(name) is not value:
                self.omitted = self.omitted or "global '%s': a function made while it ran" % name
        for name, value in sorted(self.names.items()):
            if isinstance(value, types.FunctionType):
                for number, cell in enumerate(value.__closure__ or ()):
                    if not is_code(cell.cell_contents):
                        found[("cell", name, number)] = cell.cell_contents
                if any(isinstance(v, (list, dict, set)) for v in value.__defaults__ or ()):
                    found[("defaults", name)] = value.__defaults__
            elif isinstance(value, type) and value.__name__ == name:
                for key, item in sorted(vars(value).items()):
                    if not key.startswith("__") and not is_code(item) and not hasattr(item, "__get__"):
                        found[("class", name, key)] = item
        return found

    def do_save(self, request):
        import hashlib
        import pickle
        import random
        self.omitted = None
        kept, digest = {}, []
        for place, value in self.places().items():
            try:
                form = canonical(value, 0, {})
                pickle.dumps(value, 4)
                kept[place] = value
            except Exception as error:
                self.omitted = self.omitted or "%s '%s': %s" % (place[0], place[1], describe(error))
                form = "omitted"
            digest.append((list(place), form))
        digest.append(canonical(random.getstate(), 0, {}))
        mark = hashlib.sha256(marshal.dumps(digest, 2)).digest()
        if not request["full"]:
            return (b"", mark, self.omitted)
        # Once there and back takes away what only this process knows: which equal objects are one.
        state = pickle.dumps(pickle.loads(pickle.dumps((kept, random.getstate()), 4)), 4)
        return (state, mark, self.omitted)

    def do_restore(self, request):
        import json
        import pickle
        import random
        kept, chance = pickle.loads(request["state"])
        for name in [n for n, v in self.space.items() if self.is_state(n, v) and ("global", n) not in kept]:
            del self.space[name]
        self.listeners, self.handlers = json.loads(kept.get(("host", "calls"), "[{}, {}]"))
        for (kind, name, *rest), value in kept.items():
            if kind == "global":
                self.space[name] = value
            elif kind == "host":
                pass
            elif kind == "cell":
                self.names[name].__closure__[rest[0]].cell_contents = value
            elif kind == "defaults":
                self.names[name].__defaults__ = value
            else:
                setattr(self.names[name], rest[0], value)
        random.setstate(chance)
        return None

    def named(self, function):
        """The name of a function of the script: what a snapshot can hold of it."""
        if isinstance(function, str):
            return function
        name = getattr(function, "__qualname__", "")
        if not name.isidentifier():
            raise Failed("A listener or handler must be a function of the script that has a name.")
        return name

    def changed(self, name, value, old):
        for listener in self.listeners.get(name, []):
            self.function(listener)(value, old)

    def deliver(self, place, events, context):
        self.function(self.handlers[place])(events, context)

    def function(self, name):
        if name in ("__esp_changed", "__esp_deliver"):
            return self.changed if name == "__esp_changed" else self.deliver
        found = self.space.get(name)
        if not callable(found):
            raise Failed("There is no function '%s'." % name)
        return found

    def is_state(self, name, value):
        return not (name.startswith("__") or is_code(value) or value is self.esp)

    # ---------------------------------------------------------------- what scripts see

    def ask(self, name, *arguments):
        self.send({"ask": name, "arguments": clean(list(arguments), 0)})
        good, value = self.read()["answer"]
        if not good:
            raise Failed(value)
        return value

    def make_esp(self):
        esp = type(sys)("esp")
        snippets = {}

        def logMessage(logcontext=None, message=None, level="info", line=None, **_):
            text = str(logcontext if message is None else message)
            self.lines.append((str(level), text if line is None else "%s (line %s)" % (text, line)))

        def query(window=None, contquery=None, **_):
            return self.ask("query", {"window": window, "contquery": contquery})

        def publish(window=None, events=None, contquery=None, **_):
            return self.ask("publish", {"window": window, "contquery": contquery, "events": events})

        def inject(events, opcode=None, **_):
            return True if events is None else self.ask("inject", events, {"opcode": opcode})

        def call(*arguments, _pyname_=None, _pyfunc_=None, **named):
            try:
                if _pyname_ not in snippets:
                    if _pyname_ not in self.modules:
                        raise Failed("There is no snippet '%s'." % _pyname_)
                    space = {"__name__": _pyname_, "__builtins__": builtins}
                    exec(compile(self.modules[_pyname_], str(_pyname_), "exec", dont_inherit=True), space)
                    snippets[_pyname_] = space
                return {"code": 0, "results": snippets[_pyname_][_pyfunc_](*arguments, **named), "error": None}
            except Exception as error:
                return {"code": -1, "results": None, "error": describe(error)}

        def setProperty(name=None, value=None, **_):
            return self.ask("setProperty", name, value)

        def getProperty(name=None, **_):
            return self.ask("getProperty", name)

        def addPropertyListener(name=None, change=None, init=None, **_):
            self.listeners.setdefault(name, []).append(self.named(change))
            self.ask("listen", name)
            if init is not None and getProperty(name) is None:
                setProperty(name, init)
            return True

        def subscribe(window=None, handler=None, contquery=None, **_):
            handler = self.named(handler)
            self.handlers[self.ask("subscribe", {"window": window, "contquery": contquery})] = handler
            return True

        def unsubscribe(window=None, contquery=None, **_):
            self.handlers.pop(self.ask("unsubscribe", {"window": window, "contquery": contquery}), None)
            return True

        def sendHttp(url=None, method=None, headers=None, data=None, tolua=False, **_):
            options = {"url": url, "method": method, "headers": headers, "data": data, "tolua": tolua}
            return self.ask("http", {name: value for name, value in options.items() if value is not None})

        for function in (logMessage, query, publish, inject, call, setProperty, getProperty, addPropertyListener,
                         subscribe, unsubscribe, sendHttp):
            setattr(esp, function.__name__, function)
        esp.publishAsync = publish
        esp.getSystemMicro = lambda: self.micro()
        said = set()

        def missing(name):
            if name.startswith("__"):
                raise AttributeError(name)

            def nothing(*_, **__):
                if name not in said:
                    said.add(name)
                    self.lines.append(("warn", "Function esp.%s does nothing here and gives None." % name))
            return nothing

        esp.__getattr__ = missing
        sys.modules["esp"] = esp
        for name, code in self.modules.items():
            sys.meta_path.insert(0, Finder(name, code)) if name.isidentifier() and name not in sys.builtin_module_names else None
        return esp

    def micro(self):
        return self.now

    def fix_time_and_chance(self):
        import random
        import time
        os.urandom = lambda n: random.randbytes(n)
        random._urandom = os.urandom
        time.time = lambda: self.micro() / 1e6
        time.time_ns = lambda: self.micro() * 1000
        time.monotonic = time.perf_counter = time.process_time = time.time
        time.monotonic_ns = time.perf_counter_ns = time.process_time_ns = time.time_ns
        time.sleep = lambda seconds: None
        plain = {name: getattr(time, name) for name in ("gmtime", "localtime", "strftime", "ctime", "asctime")}
        time.gmtime = lambda s=None: plain["gmtime"](time.time() if s is None else s)
        time.localtime = time.gmtime
        time.ctime = lambda s=None: plain["asctime"](time.gmtime(s))
        time.asctime = lambda t=None: plain["asctime"](time.gmtime() if t is None else t)
        time.strftime = lambda f, t=None: plain["strftime"](f, time.gmtime() if t is None else t)
        import datetime
        base = datetime.datetime

        class Meta(type):
            def __instancecheck__(cls, value):
                return isinstance(value, base)

        class given(base, metaclass=Meta):
            @classmethod
            def now(cls, tz=None):
                utc = base.fromtimestamp(self.micro() / 1e6, datetime.timezone.utc)
                return utc.replace(tzinfo=None) if tz is None else utc.astimezone(tz)

            @classmethod
            def utcnow(cls):
                return cls.now()

            @classmethod
            def today(cls):
                return cls.now()

        day = datetime.date

        class today(day, metaclass=type("Meta", (type,), {"__instancecheck__": lambda cls, value: isinstance(value, day)})):
            @classmethod
            def today(cls):
                return given.now().date()

        given.__name__ = given.__qualname__ = "datetime"
        today.__name__ = today.__qualname__ = "date"
        given.__module__ = today.__module__ = "datetime"
        datetime.datetime, datetime.date = given, today
        import uuid
        uuid.uuid1 = lambda node=None, clock_seq=None: uuid.UUID(int=random.getrandbits(128), version=4)
        uuid.uuid4 = lambda: uuid.UUID(int=random.getrandbits(128), version=4)


class Finder:
    """Lets code import the project's modules by name."""

    def __init__(self, name, code):
        self.name, self.code = name, code

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        from importlib.machinery import ModuleSpec
        return ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.code, self.name, "exec", dont_inherit=True), module.__dict__)


def is_code(value):
    import types
    return isinstance(value, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type))


def describe(error):
    import traceback
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != "<string>"]
    place = "%s:%d: " % (frames[-1].filename, frames[-1].lineno) if frames else ""
    if isinstance(error, SyntaxError):
        place = "%s:%s: " % (error.filename, error.lineno)
        return place + str(error.msg)
    return "%s%s: %s" % (place, type(error).__name__, error) if not isinstance(error, Failed) else str(error)


def clean(value, depth):
    """A value as marshal and the host know it: numbers of other libraries, tuples and sets become plain ones."""
    kind = type(value)
    if value is None or kind in (bool, str, bytes, float):
        return value
    if depth > 64:
        raise Failed("A value nests deeper than 64.")
    if kind is int:
        if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
            return value
        raise Failed("The number %d has more than 64 bits." % value)
    if isinstance(value, dict):
        return {str(k): clean(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v, depth + 1) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted((clean(v, depth + 1) for v in value), key=repr)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if hasattr(value, "tolist"):
        return clean(value.tolist(), depth + 1)
    for plain in (bool, int, float, str):
        if isinstance(value, plain):
            return clean(plain(value), depth + 1)
    if hasattr(value, "timestamp"):
        import datetime
        zone = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return int(round(zone.timestamp() * 1000000))
    if hasattr(value, "__float__"):
        return float(value)
    raise Failed("A %s is no value that can be given on." % kind.__name__)


def canonical(value, depth, seen):
    """A form that equal states share, whatever objects hold them."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str, bytes):
        return value
    if depth > 200:
        raise Failed("nests too deep")
    if id(value) in seen:
        return ("again", seen[id(value)])
    seen[id(value)] = len(seen)
    if kind in (list, tuple):
        return [canonical(v, depth + 1, seen) for v in value]
    if isinstance(value, (set, frozenset)):
        return (kind.__name__, sorted((canonical(v, depth + 1, {}) for v in value), key=repr))
    parts = [kind.__qualname__]
    if isinstance(value, dict):
        parts.append([(canonical(k, depth + 1, seen), canonical(v, depth + 1, seen)) for k, v in value.items()])
    if hasattr(value, "tobytes"):
        parts.append(value.tobytes())
    elif hasattr(value, "__dict__"):
        parts.append([(k, canonical(v, depth + 1, seen)) for k, v in value.__dict__.items()])
    elif not isinstance(value, dict):
        reduced = value.__reduce_ex__(4)
        parts.append([canonical(list(p) if hasattr(p, "__next__") else p, depth + 1, seen) for p in reduced[1:] if p is not None])
    return parts


def processor_time(seconds):
    """Gives each message its seconds: who asks ends a child that takes longer, and when who asks is gone, the system does."""
    import resource
    used, change, what, hard = resource.getrusage, resource.setrlimit, resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)[1]

    def renew():
        now = used(resource.RUSAGE_SELF)
        change(what, (int(now.ru_utime + now.ru_stime + seconds) + 2, hard))

    return renew


def held():
    """Bytes of own memory that the interpreter has taken by now."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0


def limit(start):
    """Limits of the system, and a hook that refuses what the deployment does not grant. Nothing takes either away again."""
    import resource
    memory = start["memory"] * 1024 * 1024
    own = held() + start["own"] * 1024 * 1024
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_DATA, own), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 64)):
        resource.setrlimit(what, (most, most))
    files, network = start["files"], start["network"]
    roots = tuple(os.path.realpath(p) + os.sep for p in {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path} if p)
    refused = ("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.kill", "os.remove", "os.rename",
               "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
               "shutil.", "ctypes.", "signal.", "pty.", "mmap.", "ftplib.", "sqlite3.", "tempfile.", "os.listdir", "os.scandir",
               "os.chdir", "glob.", "_winapi.", "msvcrt.", "winreg.")
    sockets = ("socket.", "http.", "urllib.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.", "ssl.")
    looks = ("os.listdir", "os.scandir", "glob.")

    def hook(event, arguments):
        if event == "open":
            check_open(*arguments)
        elif event.startswith(sockets):
            if not network:
                raise PermissionError("the network is not granted to scripts")
        elif event.startswith(refused):
            if event.startswith(looks) and (files or inside(arguments[0] if arguments else "")):
                return
            if event.startswith("ctypes.") and importing():
                return
            raise PermissionError("%s is not allowed to scripts" % event)

    def importing():
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return True
            frame = frame.f_back
        return False

    def inside(path):
        try:
            return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(roots)
        except (TypeError, ValueError):
            return False

    def check_open(path, mode, flags):
        if isinstance(path, int):
            return
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND) if isinstance(flags, int) else True
        if writes or not (files or inside(path)):
            raise PermissionError("the file %r is not granted to scripts" % (path,))

    sys.addaudithook(hook)


main()
