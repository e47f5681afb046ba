"""What `asyncapi-socketio breaking` looks for: each rule with the reason for its severity."""

from __future__ import annotations

from ..reporting.rule import Rule

RULES = (
    Rule(
        "namespace-removed", "breaking", "Every namespace stays.",
        "A client that connects to it gets a connect error, and with it loses every event there.",
    ),
    Rule(
        "namespace-added", "safe", "A namespace is new.",
        "Old clients never connect to it.",
    ),
    Rule(
        "auth-required", "breaking", "Who could connect can connect.",
        "An old client sends no auth payload, and its connection is rejected. (Changes inside the "
        "schema of the payload have the rules of schemas.)",
    ),
    Rule(
        "auth-dropped", "safe", "No auth payload is asked for any more.",
        "The server does not look at what old clients send along.",
    ),
    Rule(
        "server-removed", "breaking", "Every server stays.",
        "A client knows where it connects: at that address, nobody answers any more.",
    ),
    Rule(
        "server-moved", "breaking", "A server keeps its host, its path and its protocol.",
        "It is found by its name in the document, which clients never see; they know its address. "
        "`http` and `ws` are one protocol to Socket.IO, and so are `https` and `wss`.",
    ),
    Rule(
        "server-added", "safe", "A server is new.",
        "Old clients go on connecting to those that they know.",
    ),
    Rule(
        "security-required", "breaking", "Who came in without credentials comes in.",
        "An old client has none to send.",
    ),
    Rule(
        "security-changed", "breaking", "The credentials that were taken are taken.",
        "Each scheme that a server or an operation lists is enough by itself: an old client has "
        "one of them. Safe where others are added, or fewer scopes asked for.",
    ),
    Rule(
        "security-dropped", "safe", "No credentials are asked for any more.",
        "The server does not look at what old clients send along.",
    ),
    Rule(
        "content-type-changed", "breaking", "The bytes of a payload mean what they meant.",
        "A client that takes them for JSON can't read another format, nor write it.",
    ),
    Rule(
        "event-removed", "breaking", "Every event stays.",
        "What clients emit is not listened to any more: nothing happens, and a client that waits "
        "for the ack waits for its timeout. What clients listen for never comes: their screen "
        "silently grows old.",
    ),
    Rule(
        "event-renamed", "breaking", "Every event keeps its name.",
        "On the wire a renamed event is one removed and one added. Known by its operation id, or "
        "by the same payload and acks.",
    ),
    Rule(
        "event-added", "safe", "An event is new.",
        "An old client never emits it. One that the server sends finds no listener in an old "
        "client: Socket.IO drops it without a word, so only a client that counts unknown events "
        "(`onAny`) notices.",
    ),
    Rule(
        "ack-removed", "breaking", "An event keeps its ack.",
        "Who emits with a callback or a timeout waits in vain.",
    ),
    Rule(
        "ack-added", "breaking", "An event without ack stays without.",
        "Safe where the server acknowledges: a client that passed no callback gets none. Breaking "
        "where the client has to: an old one never answers, and the server waits.",
    ),
    Rule(
        "payload-arity", "breaking", "An event keeps its number of arguments.",
        "A server rejects the old number. A listener gets `undefined` for the argument that is "
        "removed, and in Python a TypeError for one too many.",
    ),
    Rule(
        "ack-arity", "breaking", "An ack keeps its number of arguments.",
        "A callback reads the first argument of an ack that has none, or, in Python, gets one too "
        "many. Safe where a number of arguments only does not occur any more.",
    ),
    Rule(
        "audience-changed", "breaking", "An event reaches the clients that it reached.",
        "A client that is not told any more shows outdated data. Dangerous where only more are "
        "told (`others` to `all`): a sender that already showed its change shows it twice.",
    ),
    Rule(
        "broadcast-dropped", "breaking", "An operation tells the clients that it told.",
        "The others go on showing what was true before it.",
    ),
    Rule(
        "broadcast-added", "safe", "An operation tells the others more.",
        "Old clients know the event, or have no listener for it.",
    ),
    Rule(
        "error-changed", "breaking", "The server rejects in the words it had.",
        "Clients compare the error with the literal they know. Dangerous where the new ack fits "
        "the old schema: who reads by the schema understands it, who compares does not.",
    ),
    Rule(
        "error-removed", "dangerous", "A kind of rejection stays declared.",
        "What the server now acknowledges in that case is unknown, if it acknowledges at all.",
    ),
    Rule(
        "error-added", "breaking", "A kind of rejection is declared anew.",
        "Safe where it fits the schema of the acks that clients know; breaking where it does not.",
    ),
    Rule(
        "unknown-keys-changed", "breaking", "Unknown keys are treated as they were.",
        "`drop` to `keep`: the extra keys that old clients send are rejected, where the schema has "
        "no place for them. `keep` to `drop` is dangerous where the schema has: they are lost "
        "without a word.",
    ),
    Rule(
        "conversion-changed", "breaking", "What was converted is converted.",
        "An old client that sends 'true' for a boolean is rejected. A conversion that is new is "
        "safe.",
    ),
    Rule(
        "key-ignored", "dangerous", "What clients send is kept.",
        "A key that is no longer declared is dropped (`unknownKeys: drop`): nothing is rejected, "
        "and what old clients send under it is lost without a word.",
    ),
    Rule(
        "type-removed", "breaking", "A kind of value stays.",
        "Breaking for what clients send, safe for what they read.",
    ),
    Rule(
        "type-added", "breaking", "A kind of value is new.",
        "Breaking for what clients read: code for a string meets null. Safe for what they send.",
    ),
    Rule(
        "value-removed", "breaking", "A listed value stays.",
        "Breaking for what clients send, safe for what they read.",
    ),
    Rule(
        "value-added", "breaking", "A listed value is new.",
        "Breaking for what clients read: a `switch` over all values has no case for it, a "
        "generated type does not hold it. Safe for what they send.",
    ),
    Rule(
        "bound-tightened", "breaking", "Lengths, counts and numbers may be what they could be.",
        "Breaking for what clients send, safe for what they read.",
    ),
    Rule(
        "bound-loosened", "breaking", "Lengths, counts and numbers stay within what they were.",
        "Breaking for what clients read: they made room for what the old bound promised. Safe for "
        "what they send.",
    ),
    Rule(
        "pattern-changed", "breaking", "A pattern takes what it took, and no more.",
        "Two patterns can't be compared, only tried: breaking with an example that only one of "
        "them takes in the direction that matters, dangerous without one.",
    ),
    Rule(
        "format-changed", "dangerous", "A format stays.",
        "In draft 7 a format is a word, and whether it is checked is up to the reader "
        "(this service does not, many do): breaking for those who check. The example is what "
        "jsonschema's own format checker rejects.",
    ),
    Rule(
        "key-required", "breaking", "A key that could be missing can.",
        "Breaking for what clients send, safe for what they read.",
    ),
    Rule(
        "key-optional", "breaking", "A key that was always there is.",
        "Breaking for what clients read: `todo.title.length` throws. Safe for what they send.",
    ),
    Rule(
        "key-removed", "breaking", "A key that could be sent can.",
        "Breaking for what clients send to a schema that rejects other keys, safe for what they "
        "read (a required one breaks by key-optional).",
    ),
    Rule(
        "key-added", "breaking", "A key is new.",
        "Breaking for what clients read where their schema rejects other keys "
        "(`additionalProperties: false`). Safe for what they send, also where normalising dropped "
        "it before (`unknownKeys: drop`): a client that kept to the schema never sent it.",
    ),
    Rule(
        "key-claimed", "dangerous", "A key that anything could stand under has a schema now.",
        "The old schema let other keys be. An old client that happens to send one of that name, "
        "with something else under it, is rejected; one that does not is fine.",
    ),
    Rule(
        "key-released", "dangerous", "A key that had a schema may hold anything now.",
        "It is no longer declared, and other keys are left alone. A server that no longer sends "
        "it is fine; one that sends something else under that name is not.",
    ),
    Rule(
        "default-changed", "dangerous", "A key that is missing means what it meant.",
        "Old clients leave it out, or find it left out, and take it for the old default; every "
        "value stays valid. Safe where nothing was said before.",
    ),
    Rule(
        "keys-closed", "breaking", "Keys that nobody declared may come as they could.",
        "Breaking for what clients send, safe for what they read.",
    ),
    Rule(
        "keys-opened", "breaking", "Keys that nobody declared stay out.",
        "Breaking for what clients read with a schema that rejects them. Safe for what they send.",
    ),
    Rule(
        "shape-removed", "breaking", "A shape (a branch of `anyOf` or `oneOf`, an ack) stays.",
        "Breaking for what clients send, safe for what they read.",
    ),
    Rule(
        "shape-added", "breaking", "A shape is new.",
        "Breaking for what clients read: they tell shapes apart and know no such one. Safe for "
        "what they send.",
    ),
    Rule(
        "condition-changed", "breaking", "`not`, `if`, `contains`, `dependencies` stay.",
        "They can't be compared in words. Breaking with an example in the direction that matters, "
        "dangerous without one.",
    ),
    Rule(
        "difference-unnamed", "breaking", "Equal in words is equal in values.",
        "The safety net: no keyword explains it, but a value was drawn that tells the schemas "
        "apart in the direction that matters.",
    ),
    Rule(
        "version-not-bumped", "error", "`info.version` says what changed.",
        "Breaking and dangerous changes take a major version (a minor one while it is 0.y), "
        "additions a minor one, texts a patch. A change that its version announces is reported "
        "and passes; a waived one counts as compatible.",
    ),
    Rule(
        "waiver-expired", "warning", "A waiver is for a time.",
        "After its day what it covered counts again.",
    ),
    Rule(
        "waiver-unused", "warning", "A waiver covers something.",
        "One that covers nothing, mostly since the change is part of what is compared against by "
        "now, would one day cover what nobody looked at.",
    ),
)  # fmt: skip
"""Rules of schemas are named by what the change does; its direction makes it breaking or safe."""
