"""The rules of `test`: what a live server must do to keep its contract."""

from __future__ import annotations

from ..reporting.rule import Rule

RULES = tuple(
    Rule(id_, "error", summary, reason)
    for id_, summary, reason in (
        (
            "ack-missing", "Every event with a declared ack is acknowledged.",
            "A client that waits for an ack waits for ever, or shows an error for what was done.",
        ),
        (
            "ack-late", "Acks come in time.",
            "Clients give up after a timeout (`--timeout`), and try again what was done already.",
        ),
        (
            "ack-twice", "An event is acknowledged once.",
            "A second ack is lost, or taken for that of another event.",
        ),
        (
            "ack-shape", "Every ack is one of the declared ones.",
            "Typed clients read what is declared; anything else is undefined in their hands.",
        ),
        (
            "rejected-valid", "What the contract allows is not rejected.",
            "The server is stricter than its contract: values at the edges are where it shows.",
        ),
        (
            "accepted-invalid", "What the contract forbids is not accepted.",
            "The server is laxer than its contract: other clients get what they can't expect.",
        ),
        (
            "wrong-rejection", "A rejection is the declared one.",
            "`x-socketio: errors` says what a wrong payload or arity is acknowledged as.",
        ),
        (
            "unexpected-error", "What clients send does not make the server fail.",
            "The server acknowledged its own failure: a defect, whatever was sent.",
        ),
        (
            "read-wrong", "What is read is what was acknowledged.",
            "A success ack of a create or update promises that it is there.",
        ),
        (
            "list-wrong", "What is listed is what is there.",
            "Everything created and not deleted, once, as it was last acknowledged.",
        ),
        (
            "rejected-stored", "What is rejected changes nothing.",
            "A client that is told of an error shows the old state, and others see the new one.",
        ),
        (
            "delete-ignored", "What is deleted is gone.",
            "An ack of success for a delete promises that nobody reads or lists it again.",
        ),
        (
            "revived", "What is deleted does not come back.",
            "One client's late edit would bring back what another has deleted, on some screens.",
        ),
        (
            "ghost", "What was never created is not there.",
            "A success ack for an unknown key is about something else.",
        ),
        (
            "key-reused", "A key is given once.",
            "Two things of one key are one thing to every client.",
        ),
        (
            "carried-out-again", "What is sent again with its idempotency key is carried out once.",
            "Clients retry what was not acknowledged in time: a second thing would be there.",
        ),
        (
            "no-callback", "An event without callback is carried out.",
            "Socket.IO's ack is optional: not asking for one is not an error.",
        ),
        (
            "broadcast-missing", "Others hear of each change.",
            "Their screens are wrong until they ask again.",
        ),
        (
            "broadcast-twice", "Others hear of each change once.",
            "Counters count twice, and lists show twice.",
        ),
        (
            "broadcast-echo", "The sender does not hear of its own change.",
            "With `audience: others`, a sender that hears it too applies it twice.",
        ),
        (
            "broadcast-on-failure", "Nobody hears of what failed.",
            "Others would show what is not there.",
        ),
        (
            "broadcast-undeclared", "Only declared broadcasts follow an event.",
            "`x-socketio: broadcasts` says what an operation may send.",
        ),
        (
            "broadcast-shape", "Events of the server have the declared payload.",
            "Typed clients read what is declared.",
        ),
        (
            "broadcast-wrong", "A broadcast tells of what was changed.",
            "It carries the key, and what was acknowledged.",
        ),
        (
            "broadcast-order", "What was heard last is what is stored.",
            "With two changes at once, broadcasts in another order than the writes mislead all.",
        ),
        (
            "broadcast-outside", "A room's events reach its members only.",
            "Others read what was said where they are not: audience `room`, and a precondition.",
        ),
        (
            "precondition-ignored", "What needs another call before it is rejected without it.",
            "`x-socketio: preconditions` promises it, as one enters before one speaks.",
        ),
        (
            "let-in", "Who connects with an invalid auth payload is not let in.",
            "`x-socketio: auth` is the lock on the door: anybody enters without it.",
        ),
        (
            "unknown-let-in", "Who connects with a secret that nobody has is not let in.",
            "A token that is not checked opens the door as well as a stolen one.",
        ),
        (
            "namespace-leak", "An event stays in its namespace.",
            "Clients of another namespace, or of another room's, hear what is not theirs.",
        ),
        (
            "connect-error", "Who is not let in is told so as declared.",
            "Clients read `data` of the connect error, to ask for a password or to give up.",
        ),
        (
            "hook", "What the hook `after_call` asserts holds.",
            "Your own file of hooks judges what no contract can say.",
        ),
        (
            "event-undeclared", "The server emits declared events only.",
            "No client can know of it, nor of its payload.",
        ),
        (
            "leak", "An error does not tell of the server's insides.",
            "Exception texts, paths and SQL help an attacker, and nobody else.",
        ),
        (
            "closed", "What a client emits does not end its connection.",
            "An event that the contract allows, or that is merely unknown or wrong, has an ack.",
        ),
        (
            "dead", "What a client emits does not end the server.",
            "One client's mistake ends the service for everyone.",
        ),
    )
)  # fmt: skip
