"""The estate as the real programs meet it: events of each host by month, logs of the licence servers, what the
stations say, tables, and the plan of deliveries. roads.md lists what is written as lines because no program writes it yet."""
import json
import os
from collections import defaultdict

from evidence import ADDRESS, component_of, deliveries, name_on, source_of, through_of
from frame import (AS_OF, COMPONENT, COMPONENT_2025, DAY, HISTORY, HOSTS, PACKAGE, SERVERS, SITES, at, day_text,
                   instant_text, weekday)
from tables import all_tables, as_csv

import datetime

UTC = datetime.timezone.utc


class Log:
    """Events of one host in order of time; what the recorder writes at that instant."""

    def __init__(self):
        self.events = []
        self.lines = 0

    def add(self, instant, kind, *cells, turn=1):
        self.events.append((instant, turn, len(self.events), kind, cells))

    def number(self):
        self.lines += 1
        return str(self.lines)


def moments(name, first, last):
    return [f"{name}=i:{first}"] if first == last else [f"{name}_from=i:{first}", f"{name}_to=i:{last}"]


def write_session(estate, log, session):
    number = log.number()
    first, last = session.start - session.slack, session.start + session.slack
    borrowed = session.borrow is not None
    cells = [f"#={number}", *moments("at", first, last), f"user=s:{session.user}",
             f"client=s:{name_on(estate, session.host, session.start)}"]
    if borrowed:
        cells += [f"src=s:{source_of(session.server)}", "daemon=s:adskflex", f"feature=s:{PACKAGE}",
                  "layer=s:package", f"borrow=i:{session.borrow}"]
    else:
        cells += ["src=s:host", f"feature=s:{session.word}", "layer=s:feature", f"version=s:{session.version}",
                  f"addr=s:{session.addr or ADDRESS[session.host]}",
                  f"class=s:{'automation' if session.automation else 'interactive'}"]
    if session.pool:
        cells.append(f"pool=s:{session.pool}")
    if session.idle is not None:
        cells.append("idle=i:1")
    log.add(last, "start", *cells)
    for name in session.used:
        log.add(session.start + 60, "used", f"start=r:{number}", f"name=s:{name}", "count=i:1")
    for begin, end in session.idle or []:
        log.add(end, "idle", f"start=r:{number}", f"from=i:{begin}", f"to=i:{end}")
    first, last = session.end - session.slack, (session.end_to or session.end) + session.slack
    lost = session.end_to is not None
    log.add(last, "end", f"start=r:{number}", *moments("at", first, last),
            f"kind=s:{'lost_heartbeat' if lost else 'returned' if borrowed else 'exit'}", turn=0)


def identity(log, name, host, instant):
    log.add(instant, "identity", f"name=s:{name}", "domain=s:holm.example", f"address=s:{ADDRESS[host]}",
            "os=s:Windows 11", f"at=i:{instant}", turn=0)


def logs_of(estate):
    logs = {host: Log() for host in HOSTS}
    for host in HOSTS:
        identity(logs[host], host, host, HISTORY)
    for host, name, since in estate.names:
        identity(logs[host], name, host, since)
    for host, word, version, since, until in estate.installed:
        logs[host].add(since, "installed", f"feature=s:{word}", f"version=s:{version}", f"at=i:{since}")
        if until:
            logs[host].add(until, "removed", f"feature=s:{word}", f"version=s:{version}", f"at=i:{until}")
    for host in HOSTS:
        for instant in estate.scans(host)[1:]:
            logs[host].add(instant, "installed", "feature=s:ADR", "version=s:2018", f"at=i:{instant}")
    for host, kind, since, until in estate.gaps:
        off = kind != "recorder_off"
        if off:
            logs[host].add(until, "boot", turn=-2)
        logs[host].add(until, "gap", f"kind=s:{'host_off' if off else kind}", f"from=i:{since}", f"to=i:{until}",
                       f"how=s:{'boot records' if off else 'service stopped'}", turn=-1)
    for host, instant, by in estate.steps:
        logs[host].add(instant, "step", str(by), turn=-1)
    for session in estate.sessions:
        if session.server is None:
            write_session(estate, logs[session.host], session)
        elif session.borrow is not None:
            write_session(estate, logs[SERVERS[session.server][0]], session)
    return logs


def month_of(instant):
    return day_text(min(instant, AS_OF - 1))[:7]


def sealed_at(estate, host, month):
    """When the lines of a month are sealed: as it ends, or when the hosts are switched on after that week-end."""
    end = through_of(month)
    while weekday(end) > 4:
        end += DAY
    return min(end, estate.silent.get(host, AS_OF + 1) - 1) if host in estate.silent else end


def clock_text(instant):
    moment = datetime.datetime.fromtimestamp(instant, UTC)
    return f"{moment.hour:2}:{moment:%M:%S}"


def server_events(estate, server):
    events = []
    for session in estate.sessions:
        if session.server != server or session.borrow is not None:
            continue
        features = [session.word] if session.bare else [PACKAGE, component_of(session)]
        for feature in features:
            events.append((session.start, 1, f'OUT: "{feature}" {session.user}@{session.host}  '))
        for feature in reversed(features):
            events.append((session.end, 0, f'IN: "{feature}" {session.user}@{session.host}  '))
    for each, user, host, feature, instant, verb in estate.refusals:
        if each == server:
            why = ("Licensed number of users already reached. (-4,342)" if verb == "DENIED"
                   else "No such feature exists. (-5,346)")
            middle = "" if verb == "DENIED" else "(00B0 EF6E AFC6 B280 ) "
            events.append((instant, 1, f'{verb}: "{feature}" {middle}{user}@{host}  ({why})'))
    return sorted(events)


def server_log(estate, server, month, events):
    """One month of adskflex's debug log, in UTC: the daemon starts on the first and its log is cut at the last second."""
    begin = at(month + "-01")
    day = datetime.datetime.fromtimestamp(begin, UTC)
    name = SERVERS[server][1]
    stamp = clock_text(begin)
    lines = [f"{stamp} (lmgrd) -----------------------------------------------",
             f"{stamp} (lmgrd) Server's System Date and Time: {day:%a %b %d %Y %H:%M:%S} UTC",
             f"{stamp} (lmgrd) FlexNet Licensing (v11.18.0.0 build 275847 x64_lsb) started on {name} (linux) "
             f"({day.month}/{day.day}/{day.year})",
             f"{stamp} (lmgrd) Started adskflex (pid 4711)",
             f"{stamp} (adskflex) Server started on {name} for:\t",
             f"{stamp} (adskflex) {PACKAGE} (consisting of:\t\t{COMPONENT_2025} ",
             f"{stamp} (adskflex) {COMPONENT})  "]
    told = begin // DAY
    for instant, _, text in events:
        while told < instant // DAY:
            told += 1
            date = datetime.datetime.fromtimestamp(told * DAY, UTC)
            lines.append(f"{clock_text(told * DAY)} (lmgrd) TIMESTAMP {date.month}/{date.day}/{date.year}")
        lines.append(f"{clock_text(instant)} (adskflex) {text}")
    return "\n".join(lines) + "\n"


def site_words(estate):
    """What each site says, as [(when it says so, words of tally-packager)], in order of time. A return is made on the day
    on which its month is packed, before the month's lines are collected."""
    by_site = defaultdict(list)
    for site, kind, agreement, about, since, until, reason in estate.declared:
        said = estate.received[(site, month_of(since))] if kind == "nil" else since
        by_site[site].append((said, ["declare", kind, *(["--agreement", agreement] if agreement else []),
                                     *(["--host", about.upper()] if about else []), "--from", day_text(since),
                                     "--to", day_text(until - DAY), "--reason", reason]))
    for site, host, instant, reason in estate.retired:
        by_site[site].append((instant, ["site", "retire", host.upper(), "--reason", reason]))
    return {site: sorted(words) for site, words in by_site.items()}


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def write(estate, out):
    for kind, rows in all_tables(estate).items():
        put(f"{out}/tables/{kind}.csv", as_csv(rows))
    months = sorted({month for _, month in estate.received})
    for host, log in logs_of(estate).items():
        by_month = defaultdict(list)
        ends = {month: sealed_at(estate, host, month) for month in months}
        for instant, turn, _, kind, cells in sorted(log.events, key=lambda e: e[:3]):
            month = next(m for m in months if instant < ends[m] or (instant == ends[m] and turn <= 0) or m == months[-1])
            by_month[month].append("\t".join([str(instant), kind, *cells]) + "\n")
        for month in months:
            if by_month[month] or at(month + "-01") < estate.silent.get(host, AS_OF):
                by_month[month].append(f"{ends[month]}\tuntil\n")
                put(f"{out}/hosts/{host}/{month}.events", "".join(by_month[month]))
    for server in SERVERS:
        by_month = defaultdict(list)
        for event in server_events(estate, server):
            by_month[month_of(event[0])].append(event)
        for month in months:
            put(f"{out}/servers/{SERVERS[server][0]}/{month}.log", server_log(estate, server, month, by_month[month]))
    put(f"{out}/key.jsonl", "".join(json.dumps(row, sort_keys=True) + "\n" for row in estate.rows))
    put(f"{out}/plan.json", json.dumps({
        "sites": {site: hosts for site, (_, hosts) in SITES.items()}, "months": months,
        "servers": [host for host, _ in SERVERS.values()],
        "words": {site: [{"at": instant_text(said), "words": words} for said, words in all_words]
                  for site, all_words in site_words(estate).items()},
        "deliveries": [{"site": site, "n": n, "month": month, "received": day_text(received)}
                       for site, n, month, _, received in deliveries(estate)]}))
