#!/usr/bin/python3
"""Holds the tree to docs/ARCHITECTURE.md: who may include and link whom, caps of size, names, no writer in the reader.

    layers.py [--root DIR] [--verifier PROGRAM]

Prints "RULE: place: what" for each violation and ends with 1 if there is one. The tables below are the ones of
docs/ARCHITECTURE.md; a new folder of product code needs a row here first."""
import argparse
import pathlib
import re
import subprocess
import sys

TOP = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md",
       "docs", "include", "installer", "packager", "recorder", "tests", "verifier"}
PROGRAMS = ("recorder", "packager", "verifier")
FOUNDATION = {"base", "os", "crypto", "sqlite", "zstd", "text", "cli"}
EVERYWHERE = {"base", "os"}
WRITTEN_BY = {  # foundation header folder -> what its own headers may include of the foundation
    "base": set(), "os": {"base"}, "crypto": {"base"}, "sqlite": {"base"}, "zstd": {"base"}, "text": {"base"},
    "cli": {"base", "os", "crypto", "minisig"},
}
# format -> (folder of its sources, what it may include besides base and os)
FORMATS = {
    "line": ("recorder/line", {"crypto"}),
    "segment": ("recorder/journal", {"line", "zstd", "crypto"}),
    "minisig": ("packager/keys", {"crypto"}),
    "site_file": ("packager/keys", {"line", "minisig", "crypto"}),
    "host_package": ("packager/keys", {"line", "pseudonym", "crypto"}),
    "bundle": ("packager/bundle", {"line", "minisig", "zstd", "crypto"}),
    "releases": ("packager/release", {"line", "minisig", "site_file", "bundle", "crypto"}),
    "receipt": ("verifier/receipt", {"line", "minisig", "crypto"}),
    "pseudonym": ("recorder/privacy", {"line", "crypto", "text"}),
    "session_socket": ("recorder/api", {"line"}),
    "catalogue": ("recorder/catalogue", {"line", "crypto", "text"}),
}
COUNTED = {"verifier/ledger", "verifier/rules", "verifier/inputs", "verifier/names", "verifier/count"}
JUDGES = {"verifier/findings", "verifier/comply", "verifier/advise", "verifier/watch", "verifier/insight"}
# stage -> (stages it may include, foundation beyond base and os); formats are free to all stages
STAGES = {
    "recorder/line": (set(), set()),  # holds a format only
    "recorder/catalogue": (set(), set()),  # holds a format only
    "recorder/privacy": (set(), {"crypto"}),
    "recorder/capture": ({"recorder/privacy"}, {"text", "zstd", "crypto"}),
    "recorder/flexnet": ({"recorder/capture"}, set()),
    "recorder/rlm": ({"recorder/capture"}, set()),
    "recorder/auditd": ({"recorder/capture"}, set()),
    "recorder/winevt": ({"recorder/capture"}, set()),
    "recorder/table": ({"recorder/capture"}, {"text"}),
    "recorder/journal": ({"recorder/capture", "recorder/privacy"}, {"crypto", "sqlite"}),
    "recorder/api": (set(), set()),
    "recorder/service": ({"recorder/sessions", "recorder/processes", "recorder/journal", "recorder/privacy"}, {"crypto", "sqlite"}),
    "recorder/inbox": ({"recorder/journal"}, {"crypto", "sqlite"}),
    "recorder/sessions": ({"recorder/capture", "recorder/privacy"}, {"sqlite"}),
    "recorder/processes": ({"recorder/sessions"}, set()),
    "packager/keys": (set(), {"crypto"}),
    "packager/archive": (set(), {"crypto", "sqlite"}),
    "packager/bundle": (set(), {"crypto", "zstd"}),
    "packager/release": ({"packager/bundle"}, {"crypto", "text"}),
    "packager/media": ({"packager/bundle"}, {"crypto"}),
    "packager/submission": ({"packager/archive", "packager/bundle", "recorder/journal"}, {"crypto", "sqlite"}),
    "packager/obligations": ({"packager/archive", "packager/submission", "recorder/capture", "recorder/privacy", "recorder/journal"}, {"text"}),
    "packager/receipts": ({"packager/archive", "packager/bundle", "packager/submission", "recorder/journal"},
                          {"crypto", "sqlite", "text"}),
    "packager/hosts": ({"packager/submission", "packager/archive", "recorder/journal"}, {"crypto", "sqlite"}),
    "verifier/check": (set(), {"crypto", "text", "zstd"}),
    "verifier/certify": ({"verifier/check"}, {"text"}),
    "verifier/ledger": ({"verifier/check"}, {"crypto", "sqlite"}),
    "verifier/volumes": ({"verifier/check", "verifier/ledger"}, {"crypto", "sqlite"}),
    "verifier/receipt": ({"verifier/check", "verifier/ledger"}, {"crypto", "sqlite"}),
    "verifier/rules": (set(), {"text", "crypto"}),
    "verifier/inputs": (set(), {"crypto", "sqlite", "text"}),
    "verifier/names": (set(), set()),
    "verifier/count": ({"verifier/ledger", "verifier/rules", "verifier/inputs", "verifier/names"}, {"text"}),
    "verifier/findings": (COUNTED, {"text"}),
    "verifier/comply": (COUNTED | {"verifier/findings"}, {"text"}),
    "verifier/advise": (COUNTED | {"verifier/findings"}, {"text"}),
    "verifier/watch": (COUNTED | {"verifier/findings"}, {"text"}),
    "verifier/insight": (COUNTED | {"verifier/findings"}, {"text"}),
    "verifier/reconcile": (COUNTED | JUDGES, {"text"}),
    "verifier/review": (COUNTED | {"verifier/findings", "verifier/reconcile"}, {"text", "sqlite", "crypto"}),
    "verifier/outputs": (COUNTED | {"verifier/findings", "verifier/review"}, {"text"}),
    "verifier/report": (COUNTED | {"verifier/findings", "verifier/reconcile", "verifier/review",
                                   "verifier/outputs"}, {"text"}),
    "verifier/view": (COUNTED | {"verifier/findings", "verifier/outputs"}, {"text"}),
    "verifier/papers": (COUNTED | {"verifier/findings", "verifier/review", "verifier/outputs", "verifier/report"}, {"text"}),
    "verifier/audit": (COUNTED | {"verifier/check", "verifier/findings", "verifier/receipt", "verifier/review",
                                  "verifier/outputs"},
                       {"text", "crypto", "sqlite"}),
}
FORBIDDEN_FOLDERS = {"common", "util", "utils", "lib", "src", "shared", "helper", "helpers", "misc"}
FORBIDDEN_NAMES = re.compile(r"^(manager|helper|helpers|util|utils|common|impl|data|info|misc)\.(cpp|hpp)$")
HEADER_LINES, SOURCE_LINES, STAGE_SOURCES = 250, 450, 12  # about ten sources; a thirteenth means a missing stage
FOUNDATION_HEADERS, FOUNDATION_LINES, ROOT_CMAKE_LINES = 6, 160, 150
# What writes a log, a segment or a bundle, by demangled name: a reader must not even contain it.
WRITER = re.compile(r"\btally::((journal|capture|flexnet|rlm|table|auditd|winevt|sessions|archive|submission|release)::"
                    r"|(bundle|segment)::(\w*Writer\b|write_|pack_|make_bundle))")
# Text of others, kept as it came: not held to our rules of words.
GIVEN = ("tests/data/", "tests/vectors/", "tests/fuzz/corpus/", "LICENSE")
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(wo" + "rk|far" + r"m)/|\.\./sha" + "red")
CLIMB = re.compile(r"(?<![\w/$)\"}.])((?:\.\./)+)[\w.]")


class Tree:
    """The files of a checkout: tracked and new ones, or all below a folder that is no repository."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.texts = {}
        listed = None
        if (self.root / ".git").exists():
            git = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(self.root), "ls-files", "-co",
                                  "--exclude-standard", "-z"], capture_output=True, check=False)
            if git.returncode == 0:
                listed = [name for name in git.stdout.decode().split("\0") if name]
        if listed is None:
            listed = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()]
        self.files = sorted(name for name in listed if (self.root / name).is_file())

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = (self.root / name).read_text(encoding="utf-8", errors="replace")
        return self.texts[name]

    def product(self, *suffixes):
        return [name for name in self.files
                if name.startswith(("include/",) + tuple(p + "/" for p in PROGRAMS)) and name.endswith(suffixes)]

    def quoted_includes(self, name):
        return re.findall(r'^\s*#\s*include\s+"([^"]+)"', self.text(name), re.M)


def folder_of(name):
    return name.rsplit("/", 1)[0] if "/" in name else ""


def stage_of(name):
    parts = name.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 and parts[0] in PROGRAMS else None


class Library:
    def __init__(self, folder, name, audience, owner, sources, links):
        self.folder, self.name, self.audience, self.owner = folder, name, audience, owner
        self.sources, self.links = sources, links


def libraries(tree):
    """name -> Library, from the tally_library calls."""
    found = {}
    for name in tree.files:
        if not name.endswith("CMakeLists.txt") or not name.startswith(tuple(p + "/" for p in PROGRAMS)):
            continue
        text = re.sub(r"#.*", "", tree.text(name))
        for call in re.findall(r"tally_library\(([^)]*)\)", text):
            words = call.split()
            if len(words) < 3:
                continue
            lists = {"SOURCES": [], "LINKS": []}
            current = None
            for word in words[3:]:
                if word in lists:
                    current = lists[word]
                elif current is not None:
                    current.append(word)
            folder = folder_of(name)
            found[words[0]] = Library(folder, words[0], words[1], words[2],
                                      [f"{folder}/{source}" for source in lists["SOURCES"]], lists["LINKS"])
    return found


def format_of_source(tree, source):
    """The format of its folder that a source includes; of several, the one built upon the others."""
    included = {match.group(1) for match in (re.match(r"tally/(\w+)/", include) for include in tree.quoted_includes(source))
                if match}
    mine = {name for name in included if name in FORMATS and FORMATS[name][0] == folder_of(source)}
    top = {name for name in mine if not any(name in FORMATS[other][1] for other in mine)}
    return top.pop() if len(top) == 1 else None


def audiences(tree):
    """source -> FORMAT or STAGE"""
    return {source: library.audience for library in libraries(tree).values() for source in library.sources}


def allowed_for(tree, name, audience):
    """What `name` may include: (folders of include/tally, stage folders); nothing when it has no row."""
    if name.startswith("include/tally/"):
        folder = name.split("/")[2]
        if folder in FOUNDATION:
            return WRITTEN_BY[folder] | {folder}, set()
        if folder in FORMATS:
            return FORMATS[folder][1] | EVERYWHERE | {folder}, set()
        return None
    stage = stage_of(name)
    if stage is None:  # the command line of a program
        program = name.split("/")[0]
        mine = {row for row in STAGES if row.startswith(program + "/")}
        return FOUNDATION | set(FORMATS), mine | {program}
    if audience == "FORMAT":
        row = FORMATS.get(format_of_source(tree, name))
        if row is None or row[0] != stage:
            return None
        return row[1] | EVERYWHERE | {format_of_source(tree, name)}, {stage}
    if stage not in STAGES:
        return None
    stages, foundation = STAGES[stage]
    return foundation | EVERYWHERE | set(FORMATS), stages | {stage}


def rule_includes(tree):
    kinds = audiences(tree)
    for name in tree.product(".cpp", ".hpp"):
        allowed = allowed_for(tree, name, kinds.get(name))
        if allowed is None:
            yield name, "has no row in the layer table"
            continue
        for include in tree.quoted_includes(name):
            parts = include.split("/")
            if parts[0] == "tally" and len(parts) == 3:
                good = parts[1] in allowed[0]
            else:
                good = len(parts) > 1 and (folder_of(include) in allowed[1])
            if not good:
                yield name, f"may not include {include}"


def rule_links(tree):
    known = libraries(tree)

    def reach(name, seen):
        for link in known[name].links if name in known else ():
            if link not in seen:
                seen.add(link)
                reach(link, seen)
        return seen

    for library in known.values():
        reached = reach(library.name, set())
        for link in sorted(reached):
            if link not in known and link not in FOUNDATION:
                yield library.folder, f"{library.name} links {link}, which is neither foundation nor a tally_library"
        direct = set(library.links) & FOUNDATION
        if library.audience == "FORMAT":
            rows = {format_of_source(tree, source) for source in library.sources}
            may = set().union(*(FORMATS[row][1] for row in rows if row in FORMATS)) | EVERYWHERE | rows
            stages = set()
            formats = {name for name in reached if name in known and known[name].audience == "FORMAT"}
            for other in sorted(formats):
                inside = {format_of_source(tree, source) for source in known[other].sources}
                if not inside <= may:
                    yield library.folder, f"format {library.name} links format {other}"
        else:
            row = STAGES.get(library.folder)
            if row is None:
                yield library.folder, f"stage library {library.name} has no row in the layer table"
                continue
            may = row[1] | EVERYWHERE
            stages = {library.folder}
            todo = list(row[0])
            while todo:
                stage = todo.pop()
                if stage not in stages:
                    stages.add(stage)
                    todo.extend(STAGES[stage][0])
        for link in sorted(direct - may):
            yield library.folder, f"{library.name} links {link}, which its row does not list"
        for link in sorted(reached):
            if link in known and known[link].audience == "STAGE" and known[link].folder not in stages:
                yield library.folder, f"{library.name} reaches stage {link} ({known[link].folder})"


def rule_programs(tree):
    """A program links its own stages and what their rows bring along: the verifier no writer, the recorder no reader."""
    known = libraries(tree)
    for program in PROGRAMS:
        listing = f"{program}/CMakeLists.txt"
        if listing not in tree.files:
            continue
        may = {stage for stage in STAGES if stage.startswith(program + "/")}
        for stage in list(may):
            may |= STAGES[stage][0]
        text = re.sub(r"#.*", "", tree.text(listing))
        todo = [word[6:] for call in re.findall(rf"target_link_libraries\(tally-{program}\b([^)]*)\)", text)
                for word in call.split() if word.startswith("tally_")]
        reached = set()
        while todo:
            name = todo.pop()
            if name in known and name not in reached:
                reached.add(name)
                todo.extend(known[name].links)
        for name in sorted(reached):
            if known[name].audience == "STAGE" and known[name].folder not in may:
                yield listing, f"tally-{program} reaches stage {name} ({known[name].folder})"


def rule_foundation_cap(tree):
    for folder in sorted(FOUNDATION):
        headers = [name for name in tree.files if name.startswith(f"include/tally/{folder}/")]
        if len(headers) > FOUNDATION_HEADERS:
            yield f"include/tally/{folder}", f"{len(headers)} headers, at most {FOUNDATION_HEADERS}"
        for name in headers:
            lines = tree.text(name).count("\n")
            if lines > FOUNDATION_LINES:
                yield name, f"{lines} lines, at most {FOUNDATION_LINES}"
    for name in tree.files:
        if name.startswith("include/") and not name.endswith((".hpp", ".h")):
            yield name, "include/ holds headers only"


def rule_sizes(tree):
    for name in tree.product(".hpp", ".cpp"):
        lines = tree.text(name).count("\n")
        most = HEADER_LINES if name.endswith(".hpp") else SOURCE_LINES
        if lines > most:
            yield name, f"{lines} lines, at most {most}"
    for stage in STAGES:
        sources = [name for name in tree.product(".cpp") if folder_of(name) == stage]
        if len(sources) > STAGE_SOURCES:
            yield stage, f"{len(sources)} sources, at most {STAGE_SOURCES}: a stage is missing"
    if "CMakeLists.txt" in tree.files and tree.text("CMakeLists.txt").count("\n") > ROOT_CMAKE_LINES:
        yield "CMakeLists.txt", f"more than {ROOT_CMAKE_LINES} lines"


def rule_names(tree):
    for name in tree.files:
        parts = name.split("/")
        if parts[0] not in TOP and not parts[0].startswith("."):
            yield name, "the top level is fixed"
        for folder in parts[:-1]:
            if folder in FORBIDDEN_FOLDERS:
                yield name, f"folder {folder} says nothing about what is in it"
        if FORBIDDEN_NAMES.match(parts[-1]):
            yield name, "this name says nothing about what is in it"
    for name in tree.product(".cpp", ".hpp"):
        if not re.fullmatch(r"[a-z][a-z0-9_]*\.[ch]pp", name.rsplit("/", 1)[1]):
            yield name, "files are named in snake_case"


def rule_headers_say_what_they_are(tree):
    for name in tree.product(".hpp"):
        if not tree.text(name).startswith("// "):
            yield name, "opens without saying what it is"


def rule_command_line_library(tree):
    for program in PROGRAMS:
        users = [name for name in tree.files
                 if name.startswith(program + "/") and re.search(r"#\s*include\s*<CLI/", tree.text(name))]
        if len(users) > 2:
            yield program, f"{len(users)} files include CLI11, at most 2"
        for name in users:
            if stage_of(name) is not None:
                yield name, "a stage knows nothing of command lines"
    for name in tree.files:
        if name.startswith("include/") and not name.startswith("include/tally/cli/") and "<CLI/" in tree.text(name):
            yield name, "only include/tally/cli knows of command lines"


def rule_explicit_sources(tree):
    for name in tree.files:
        if name.endswith("CMakeLists.txt") and re.search(r"file\s*\(\s*GLOB", tree.text(name)):
            yield name, "sources are listed, not globbed"


def rule_words(tree):
    for name in tree.files:
        if name.startswith(GIVEN):
            continue
        text = tree.text(name)
        for number, line in enumerate(text.split("\n"), 1):
            if UNFINISHED.search(line):
                yield f"{name}:{number}", "unfinished work is finished or written down as a limitation"
            if MACHINE_PATH.search(line):
                yield f"{name}:{number}", "path of one machine"
            for climb in CLIMB.findall(line):
                if climb.count("../") > name.count("/"):
                    yield f"{name}:{number}", "points outside the checkout"


def rule_documents(tree):
    """A link of a page leads to a file or folder of this tree."""
    for name in tree.files:
        if not name.endswith(".md") or name.startswith(GIVEN):
            continue
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", tree.text(name)):
            if "://" not in target and not (tree.root / folder_of(name) / target).exists():
                yield name, f"leads nowhere: {target}"


RULES = {rule.__name__[5:]: rule for rule in (
    rule_includes, rule_links, rule_programs, rule_foundation_cap, rule_sizes, rule_names,
    rule_headers_say_what_they_are, rule_command_line_library, rule_explicit_sources, rule_documents, rule_words)}


def writers_in(program):
    """Names of writers inside a built program."""
    listing = subprocess.run(["nm", "--demangle", "--defined-only", str(program)], capture_output=True, text=True,
                             check=True).stdout
    if not listing:
        return ["no symbols to look at"]
    names = (line.split(" ", 2)[-1] for line in listing.splitlines())
    return sorted({name for name in names if WRITER.search(name.split("(")[0])})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--verifier", help="the built tally-verifier")
    options = parser.parse_args()
    if options.verifier:
        found = [f"no_writer_in_verifier: {options.verifier}: {name}" for name in writers_in(options.verifier)]
    else:
        tree = Tree(options.root)
        found = [f"{rule}: {place}: {what}" for rule, check in RULES.items() for place, what in check(tree)]
    print("\n".join(found) if found else "nothing to say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
