"""The estate as evidence: one stream for the short road (outcomes.cpp), lines and server logs for the real one."""
from dates import Later
from frame import COMPONENT, COMPONENT_2025, HISTORY, HOSTS, PACKAGE, SERVERS, SITE_OF, SITES, at
from quiet import MONTHS
from tables import all_tables, as_csv


def source_of(server):
    return f"flexnet:{SERVERS[server][1]}:adskflex"


def component_of(session):
    return COMPONENT if session.version == "2026" else COMPONENT_2025


def name_on(estate, host, instant):
    name = host
    for renamed, other, since in estate.names:
        name = other if renamed == host and since <= instant else name
    return name


ADDRESS = {host: f"10.{1 + list(SITES).index(SITE_OF[host])}.0.{10 + int(host[1:])}" for host in HOSTS}


def rows_of(estate, session):
    """Session rows as the ledger would hold them: log, source, user, client, feature, version, address, pool, layer,
    package, watched, automation, idle known, borrowed, four instants, used, idle."""
    first, last = session.start, session.end
    times = [first - session.slack, first + session.slack, last - session.slack,
             "" if session.open else (session.end_to or last) + session.slack]
    client = name_on(estate, session.host, first)
    used = ";".join(session.used)
    idle = ";".join(f"{a}-{b}" for a, b in session.idle or [])
    tail = [int(session.automation), int(session.idle is not None), int(session.borrow is not None), *times, used, idle]
    if session.server is None:
        return [[session.host, "host", session.user, client, session.word, session.version,
                 session.addr or ADDRESS[session.host], session.pool or "", "feature", "", "host", *tail]]
    log, source = SERVERS[session.server][0], source_of(session.server)
    if session.bare:
        return [[log, source, session.user, client, session.word, "", "", "", "feature", "", "server", *tail]]
    component = component_of(session)
    package = [log, source, session.user, client, PACKAGE, "", "", "", "package", "", "server", *tail]
    if session.borrow is not None:
        package[16] = package[17] = min(last, session.borrow)
        return [package]
    return [package, [log, source, session.user, client, component, "", "", "", "component", PACKAGE, "server", *tail]]


def text_of(estate, session):
    renamed = {host for host, _, _ in estate.names}
    if session.host in renamed:
        return "".join("s\t" + "\t".join(map(str, row)) + "\n" for row in rows_of(estate, session))
    if getattr(session, "text", None) is None or session.text[0] is not session:
        session.text = (session, "".join("s\t" + "\t".join(map(str, row)) + "\n" for row in rows_of(estate, session)))
    return session.text[1]


def through_of(month):
    year, number = map(int, month.split("-"))
    return at(f"{year + number // 12}-{number % 12 + 1:02}-01")


def deliveries(estate):
    """(site, n, month, through, received) in the order in which they came."""
    rows = []
    for site in SITES:
        for n, (month, _) in enumerate(MONTHS, 1):
            if (site, month) in estate.received:
                rows.append((site, n, month, through_of(month), estate.received[(site, month)]))
    return sorted(rows, key=lambda row: (row[4], row[0]))


def stream(name, estate, out, values=()):
    """Everything outcomes.cpp needs for one variant; `values`: [(name, settings)] to judge it with as well."""
    put = Later(out, estate.weeks_later).write if estate.weeks_later else out.write
    put(f"variant\t{name}\n")
    put("days\t2026-03-31\t2026-01-01\n")
    for kind, rows in all_tables(estate).items():
        text = as_csv(rows)
        put(f"table\t{kind}\t{len(text.encode())}\n{text}")
    for host in HOSTS:
        put(f"host\t{host}\t{SITE_OF[host]}\t{ADDRESS[host]}\t{HISTORY}\n")
        put(f"heard\t{host}\t{';'.join(map(str, estate.heard(host)))}\n")
    for host, other, since in estate.names:
        put(f"name\t{host}\t{other}\t{estate.domains.get(host, 'holm.example')}\t{ADDRESS[host]}\t{since}\n")
    for session in estate.sessions:
        put(text_of(estate, session))
    for server, user, host, feature, instant, verb in estate.refusals:
        put(f"refusal\t{SERVERS[server][0]}\t{source_of(server)}\t{user}\t{host}\t{feature}\t{instant}\t{verb}\n")
    for host, word, version, since, until in estate.installed:
        put(f"installed\t{host}\t{word}\t{version}\t{since}\t{until or ''}\n")
    for host, kind, since, until in estate.gaps:
        put(f"gap\t{host}\t{'recorder_off' if kind == 'recorder_off' else 'host_off'}\t{since}\t{until}\n")
    for host, instant, by in estate.steps:
        put(f"step\t{host}\t{instant}\t{by}\n")
    for site, kind, agreement, about, since, until, reason in estate.declared:
        put(f"declared\t{site}\t{kind}\t{agreement}\t{about}\t{since}\t{until}\t{reason}\n")
    for site, host, instant, reason in estate.retired:
        put(f"declared\t{site}\tretired\t\t{host}\t{instant}\t\t{reason}\n")
    for site, n, _, through, received in deliveries(estate):
        put(f"delivery\t{site}\tAG1\t{n}\t{through}\t{received}\n")
    for other, settings in values:
        out.write("\t".join(["with", other, *settings]) + "\n")
    put("end\n")
