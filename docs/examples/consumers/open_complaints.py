"""How many complaints are open, by the unit that accepted them: read from complaints.events with confluent-kafka.

    python open_complaints.py BROKERS FILE [--topic complaints.events] [--once] [--settings PROPERTIES]

It keeps what it knows, and how far it has read, in one SQLite file: both change in one transaction, so it goes on after
any stop with nothing lost and nothing counted twice. PROPERTIES is a file of librdkafka's settings, such as a log-in:
a line each, name=value.
"""

import argparse
import json
import sqlite3
import sys
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

TABLES = """
create table if not exists places (partition integer primary key, next integer not null);
create table if not exists events (subject text, id text, place integer, primary key (subject, id)) without rowid;
create table if not exists cases (id text primary key, unit text, over integer default 0, opened integer default -1);
create table if not exists closings (id text, place integer);
"""
BASIS = "select coalesce((select place from events where subject = ? and id = ?), -1)"
OPEN = """
select coalesce(unit, '-'), count(*) from cases
where not over and not exists (select 1 from closings where closings.id = cases.id) group by 1 order by 1
"""
BATCH, WAIT_SECONDS, ANSWER_SECONDS = 500, 1.0, 10.0


def apply(db: sqlite3.Connection, event: dict[str, Any], place: int) -> None:
    """Take in one event of a case, in the order of its partition; one that was seen already is dropped."""
    case, name, data = event["subject"], event["type"].split(".")[1], event["data"]
    if db.execute("insert or ignore into events values (?, ?, ?)", [case, event["id"], place]).rowcount == 0:
        return
    # Where the last event of the case lies that whoever decided this one had read.
    (basis,) = db.execute(BASIS, [case, event.get("basisid")]).fetchone()
    if name == "ComplaintReceived":
        db.execute("insert into cases (id) values (?)", [case])
    elif name in ("CaseRouted", "CaseRerouted"):
        db.execute("update cases set unit = ? where id = ?", [data["decision"]["accepting"]["unit"], case])
    elif name in ("CaseWithdrawn", "CaseNotAccepted"):
        db.execute("update cases set over = 1 where id = ?", [case])
    elif name in ("CaseClosed", "CaseArchived"):  # without effect, if a duty was opened meanwhile (crossings, rule 2)
        db.execute("insert into closings select id, ? from cases where id = ? and opened <= ?", [place, case, basis])
    elif name == "CaseReopened":
        db.execute("update cases set over = 0 where id = ?", [case])
        db.execute("delete from closings where id = ?", [case])
    elsewhere = event["source"] != "/redress/casework"
    if elsewhere and any(duty["state"] == "open" for duty in data.get("duties_opened", ())):
        db.execute("update cases set opened = ? where id = ?", [place, case])
        db.execute("delete from closings where id = ? and place > ?", [case, basis])  # and so is a closing of before


def take(db: sqlite3.Connection, messages: list[Any], at_end: set[int]) -> None:
    """Take in what came, and keep how far that is; ``at_end``: the partitions of which all that is there was read."""
    with db:
        for message in messages:
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 # librdkafka's name of it
                at_end.add(message.partition())
            elif error is not None:
                raise KafkaException(error)
            else:
                at_end.discard(message.partition())
                apply(db, json.loads(message.value()), message.offset())
                db.execute("replace into places values (?, ?)", [message.partition(), message.offset() + 1])


def consume(consumer: Consumer, db: sqlite3.Connection, topic: str, *, once: bool) -> None:
    """Read on from where the file stands, and print whenever all that is there has been read; ``once``: then stop."""
    found = consumer.list_topics(topic, ANSWER_SECONDS).topics[topic]
    if found.error is not None:
        raise KafkaException(found.error)
    places, at_end = dict(db.execute("select partition, next from places")), set[int]()
    consumer.assign([TopicPartition(topic, one, places.get(one, OFFSET_BEGINNING)) for one in found.partitions])
    while True:
        messages = consumer.consume(BATCH, WAIT_SECONDS)
        take(db, messages, at_end)
        if messages and at_end >= set(found.partitions):
            print(*(f"{unit}\t{count}" for unit, count in db.execute(OPEN)), "", sep="\n", flush=True)
            if once:
                return


def main() -> int:
    """Read the command line and consume; 3 where the brokers refuse something or do not know it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("brokers")
    parser.add_argument("file")
    parser.add_argument("--topic", default="complaints.events")
    parser.add_argument("--once", action="store_true", help="stop when all that is there has been read")
    parser.add_argument("--settings", type=argparse.FileType(encoding="utf-8"), default=(), metavar="PROPERTIES")
    asked = parser.parse_args()
    # Places are kept in the file, so no group's are committed; its name is asked for all the same.
    settings = dict(line.strip().split("=", 1) for line in asked.settings if "=" in line)
    consumer = Consumer({
        "bootstrap.servers": asked.brokers, "group.id": "consumer-bi", "enable.auto.commit": False,
        "isolation.level": "read_committed", "enable.partition.eof": True, "auto.offset.reset": "error", **settings,
    })  # fmt: skip
    try:
        with sqlite3.connect(asked.file) as db:
            db.executescript(TABLES)
            consume(consumer, db, asked.topic, once=asked.once)
    except KafkaException as error:
        print(f"open_complaints: {error.args[0].str()}", file=sys.stderr)
        return 3
    finally:
        consumer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
