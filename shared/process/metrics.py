"""Every process counts and measures under these Prometheus names."""

from prometheus_client import Counter, Gauge

ALARM_SECONDS = 60.0
"""What waits longer needs somebody: it is counted here, and an alarm of `redress status`."""
EVENTS = Counter("redress_events_appended_total", "Events appended and read back", ["service"])
UNPROVEN = Counter(
    "redress_unproven_records_total", "Records passed over since nobody of this installation wrote them", ["topic"]
)
HELD = Counter("redress_cases_held_total", "Times a case was held because its decision failed", ["service"])
HELD_LONG = Gauge("redress_cases_held_long", "Cases that have waited for more than 60 s for a decision", ["service"])
HELD_NOW = Gauge("redress_held_cases", "Cases whose decision failed and is tried again", ["service"])
BLOCKED = Gauge("redress_blocked_cases", "Cases of which a record cannot be read by this version", ["service"])
READY = Gauge("redress_ready", "1 while the process has read the log, reaches it and takes work", ["service"])
DISK_FREE = Gauge(
    "redress_disk_free_bytes", "Bytes that are free where the process keeps its data, on its fullest disk", ["service"]
)
DISKS_WRONG = Gauge(
    "redress_disks_wrong", "Disks where the process keeps its data that give no answer, or an error", ["service"]
)
ANSWERS = Counter(
    "redress_http_answers_total", "Answers to calls, by status; health and metrics not counted", ["status"]
)
VAULT_AWAY = Gauge("redress_vault_away", "1 while the process cannot reach the vault", ["service"])
STORES_NOT_WRITTEN = Gauge(
    "redress_stores_not_written", "Stores that cannot be written down, whose content stays in memory", ["service"]
)
INBOX_UNANSWERED = Gauge("redress_inbox_unanswered", "Records of the inbox that were read and are not answered")
INBOX_OLDEST = Gauge("redress_inbox_oldest_seconds", "How long the oldest of them waits")
FILES_WAITING = Gauge("redress_files_waiting", "Files in quarantine until a scanner has answered")
SCANNER_AWAY = Gauge("redress_scanner_away", "1 while something keeps the scanner from answering")
CANDIDATES_WAITING = Gauge(
    "redress_candidates_waiting", "Candidates found in media and networks on which nobody has decided"
)
PARTITIONS = Gauge("redress_partitions_read", "Partitions of the log that the process reads", ["service"])
BEHIND_RECORDS = Gauge("redress_behind_records", "Records of the log that the process has not taken in", ["service"])
BEHIND_SECONDS = Gauge(
    "redress_behind_seconds", "How long an end of the log is known that the process has not reached", ["service"]
)
OWNERLESS = Gauge("redress_cases_ownerless", "Open cases that nobody may accept or handle", ["service"])
NEGLECTED = Gauge(
    "redress_neglected", "Opinion boxes into which nobody looked since a review of theirs was missed", ["service"]
)
OWED = Gauge("redress_owed", "Triggers not answered yet", ["service", "partition"])
OWED_OLDEST = Gauge(
    "redress_owed_oldest_seconds", "How long the oldest trigger waits for its answer", ["service", "partition"]
)
STORE_UNWRITTEN = Gauge(
    "redress_store_unwritten", "Records that are folded and not written down in the store yet", ["service", "partition"]
)
SENDINGS = Gauge("redress_sendings", "Letters that were started and have not ended", ["service"])
SENDINGS_POSTPONED = Gauge("redress_sendings_postponed", "Letters that wait for their next attempt", ["service"])
MAIL_SERVER_AWAY = Gauge("redress_mail_server_away", "1 while the mail server takes nobody's letters", ["service"])
NOTICES_POSTPONED = Gauge(
    "redress_notices_postponed", "Notices to channel systems that wait for their next attempt", ["service"]
)
SYSTEMS_AWAY = Gauge(
    "redress_channel_systems_away", "Channel systems that have taken no notice for five minutes", ["service"]
)
LETTERS_TO_PRINT = Gauge("redress_letters_to_print", "Letters in the print tray that nobody has fetched", ["service"])
LETTERS_NOT_PRINTED = Gauge(
    "redress_letters_not_printed",
    "Those of them that have lain there for more than REDRESS_PRINT_DAYS days",
    ["service"],
)
DEAD_LETTERS = Gauge("redress_dead_letters", "Dead letters that are not tried again until somebody asks", ["service"])
ANNOUNCEMENTS_WAITING = Gauge(
    "redress_announcements_waiting", "Dead letters that could not be published yet", ["service"]
)
ANNOUNCEMENTS_NOT_KEPT = Counter(
    "redress_announcements_not_kept_total",
    "Dead letters that were too many to be kept until they can be published",
    ["service"],
)
MAIL_TAKEN = Counter("redress_mail_taken_total", "Messages that were answered 250, by what became of them", ["outcome"])
MAIL_IGNORED = Counter("redress_mail_ignored_total", "Messages that are no complaint, and why", ["reason"])
MAIL_REFUSED = Counter("redress_mail_refused_total", "Messages and connections not taken, by the code", ["code"])
MAIL_BYTES_HELD = Gauge("redress_mail_bytes_held", "Bytes of messages that are held now")
OPENINGS = Counter(
    "redress_sealed_openings_total", "Openings of sealed data, recorded before they happened", ["service"]
)
REFUSALS = Counter("redress_refusals_total", "Log-ins and rights refused, recorded or not", ["service", "code"])
REFUSALS_NOT_RECORDED = Counter(
    "redress_refusals_not_recorded_total", "Refusals that the access log did not take", ["service"]
)
