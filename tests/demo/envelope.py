"""What makes the quiet estate quiet, asserted about every one that is made."""
from collections import Counter, defaultdict

from frame import AS_OF, DAY, HISTORY, day_text, weekday
from quiet import MONTHS, people


def most_live(sessions):
    live = most = 0
    for _, change in sorted([(s.start, 1) for s in sessions] + [(s.end, -1) for s in sessions]):
        live += change
        most = max(most, live)
    return most


def check(estate):
    mine = defaultdict(list)
    for session in estate.sessions:
        mine[session.user].append(session)
    for user, sessions in mine.items():
        host, shift, line, _ = people()[user]
        assert {s.host for s in sessions} == {host}, user
        months = Counter(day_text(s.start)[:7] for s in sessions if s.end - s.start >= 1200)
        assert all(months[month] >= 6 for month, _ in MONTHS), (user, months)
        for session in sessions:
            hours = (session.start % DAY / 3600, session.end % DAY / 3600)
            assert 6 + 4 * shift <= hours[0] < hours[1] <= 10 + 4 * shift - 10 / 60, (user, session.start)
        starts = [HISTORY] + [s.start for s in sessions] + [AS_OF]
        assert max(b - a for a, b in zip(starts, starts[1:])) <= 40 * DAY, user
        assigned = [row for row in estate.assignments if row["user"] == user]
        assert len(assigned) == (0 if line in ("NAV", "L05", "L06", "L08") else 1), user
    assert most_live([s for s in estate.sessions if s.word == "INVPROSA"]) <= 0.7 * 12
    assert most_live([s for s in estate.sessions if s.word == "MAYA"]) <= 0.7 * 6
    by_day = Counter((s.word, s.start // DAY) for s in estate.sessions)
    for word in {s.word for s in estate.sessions}:
        for day_of_week in range(5):
            counts = [by_day[(word, d // DAY)] for d in range(HISTORY, AS_OF, DAY) if weekday(d) == day_of_week]
            middle = sorted(counts)[len(counts) // 2]
            assert max(counts) - middle <= 1 and middle - min(counts) <= 1, (word, day_of_week, sorted(set(counts)))
