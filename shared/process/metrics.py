"""Every process counts and measures under these Prometheus names."""

from prometheus_client import Counter, Gauge

EVENTS = Counter("redress_events_appended_total", "Events appended and read back", ["service"])
UNPROVEN = Counter(
    "redress_unproven_records_total", "Records passed over since nobody of this installation wrote them", ["topic"]
)
HELD = Counter("redress_cases_held_total", "Times a case was held because its decision failed", ["service"])
HELD_LONG = Gauge("redress_cases_held_long", "Cases that have waited for more than 60 s for a decision", ["service"])
OWNERLESS = Gauge("redress_cases_ownerless", "Open cases that nobody may accept or handle", ["service"])
NEGLECTED = Gauge(
    "redress_neglected", "Opinion boxes into which nobody looked since a review of theirs was missed", ["service"]
)
OWED = Gauge("redress_owed", "Triggers not answered yet", ["service", "partition"])
STORE_UNWRITTEN = Gauge(
    "redress_store_unwritten", "Records that are folded and not written down in the store yet", ["service", "partition"]
)
SENDINGS = Gauge("redress_sendings", "Letters that were started and have not ended", ["service"])
SENDINGS_POSTPONED = Gauge("redress_sendings_postponed", "Letters that wait for their next attempt", ["service"])
MAIL_SERVER_AWAY = Gauge("redress_mail_server_away", "1 while the mail server takes nobody's letters", ["service"])
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
