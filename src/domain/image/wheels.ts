/**
 * Lays wheels out as an installer would, the same bytes on every machine: a wheel's own files, its `.data` folders, and a
 * small program for each console script. Nothing is compiled, and no file says where or when it was installed.
 * Called as `python -I -c … WHEELS TARGET SITE`; SITE is relative to TARGET.
 */
export const UNPACK_WHEELS = `import configparser, os, re, sys, zipfile

wheels, target, site = sys.argv[1:4]
binaries = os.path.join(target, "usr/local/bin")


def write(path, content, executable=False):
    full = os.path.normpath(path)
    if not full.startswith(os.path.normpath(target) + os.sep):
        sys.exit("a wheel holds a file that leads out of it: " + path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(content)
    os.chmod(full, 0o755 if executable else 0o644)


def script(module, name):
    return (
        "#!/usr/bin/env python3\\nimport sys\\n\\nfrom %s import %s\\n\\nif __name__ == \\"__main__\\":\\n    sys.exit(%s())\\n"
        % (module, name.split(".")[0], name)
    ).encode()


for wheel in sorted(os.listdir(wheels)):
    with zipfile.ZipFile(os.path.join(wheels, wheel)) as archive:
        for entry in sorted(archive.infolist(), key=lambda each: each.filename):
            name = entry.filename
            if name.endswith("/"):
                continue
            content = archive.read(entry)
            executable = bool(entry.external_attr >> 16 & 0o111)
            data = re.match(r"[^/]+\\.data/([a-z]+)/(.+)$", name)
            if data is None or data[1] in ("purelib", "platlib"):
                write(os.path.join(target, site, name if data is None else data[2]), content, executable)
            elif data[1] == "scripts":
                first, _, rest = content.partition(b"\\n")
                if first.startswith(b"#!python"):
                    content = b"#!/usr/bin/env python3\\n" + rest
                write(os.path.join(binaries, data[2]), content, True)
            elif data[1] == "data":
                write(os.path.join(target, "usr/local", data[2]), content, executable)
            if re.match(r"[^/]+\\.dist-info/entry_points\\.txt$", name):
                points = configparser.RawConfigParser(delimiters=("=",))
                points.optionxform = str
                points.read_string(content.decode())
                for called, point in points.items("console_scripts") if points.has_section("console_scripts") else []:
                    module, _, attribute = re.sub(r"\\[.*", "", point).strip().partition(":")
                    if re.fullmatch(r"[\\w.-]+", called) and re.fullmatch(r"[\\w.]+:[\\w.]+", module + ":" + attribute):
                        write(os.path.join(binaries, called), script(module, attribute), True)
`;
