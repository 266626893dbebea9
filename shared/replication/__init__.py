"""How records travel between a node and the hub.

A feed is one side's records on their way to the other: `node/{centre}` up, `hub/{centre}`
down. Who owns a record writes it, alone; the other side has a copy, also alone. What stands
here holds for both directions; no module below knows in which it runs.

The idea
    State travels, not events. A feed is the owner's records in the order of their last
    change. Each write takes the next revision in its own transaction and moves the record
    behind all others, so what is waiting is never more than the records there are, and
    everything once more is the same as from revision 0. What is sent is rendered when it is
    sent: there is no queue that could hold what was since erased.
    One message acknowledges: the cursor, "I stand here". The receiver stores it together with
    the records, so it cannot say more than it has. Read as a receipt it lets the source go on;
    read as a complaint it tells where to begin again. The broker between is a wire: it may
    lose, double, shuffle and keep back what it likes.

Places and histories
    A revision alone lies after a restored backup: the house works on from 80, the city has
    its old 100, and both count upwards. So each revision has a mark, a random number stored
    with it. Equal (revision, mark) means equal history up to there; another mark at a revision
    means that histories parted below it. The source decides by the marks in its own ledger
    and notices, with the first cursor it sees, that it went back in time.
    Then it forks: a new generation, higher than any known, begins above all used revisions.
    The receiver walks through the feed once more from the start (a pass). What it meets it tags;
    what it has not met by the end is swept. Nothing is thrown away that may be the last copy: a
    row above the base, the greatest place on the receiver's path that the source's marks
    confirm, becomes a candidate, is offered to the owner, and a person decides.

What must always be true (numbers as in the simulation's messages)
     1  At rest, the copy is the original.
     2  A version the receiver let go is known to the source, followed, or a candidate.
     3  Nothing arrives that the source never had.
     4  Of what is erased no content stays at the receiver, nor ever returns.
     5  The cursor moves along the batches' edges only,   6  and back only to begin a pass.
     7  What waits is bounded by the records there are.
     8  Only tombstones that were seen are purged.
     9  What cannot be read blocks nothing and replaces nothing newer.
    10  There are no more forks than steps back in time.
    11  No more is under way than the receiver gave credit for.
    12  Nothing is said before it is committed.
    13  At one place of one history both have the same digests.
    14  Only the bound instance is heard.

What can go wrong, and what helps
    The wire loses or doubles       R1: a batch fits exactly or not at all; timers ask again.
    A process dies                  All that counts is in the ledgers; a hello begins anew.
    Power is cut, a backup returns  Marks contradict: fork, pass, candidates.
    The receiver is restored        A lower cursor is believed; what it lacks is sent again.
    Both, with old mail in flight   A nonce per session; a base counts only as an answer to the path.
    Tombstones are purged           The floor tells who has missed some: a pass without candidates.
    A write slips past the stamp    Rendered and stamped hashes differ: a new revision before it
                                    is sent; a scrub finds it, digests find what is left.
    A record is poison, or newer    It is kept aside with its reason, at its revision.
    A card is copied                Another instance is not heard; a whole machine's copy forks,
                                    twice a day at most, then a person decides.
    Two hubs are alive              The one with the higher term is heard; the other one falls silent.
    The broker is an enemy          Signatures over topic and content; what is played again fits no
                                    nonce, no place, no later term and no key that is still believed.
    A key is changed                Both are believed until the new one's first word; whoever was away
                                    finds it by the statements in the presence.

Three things are easy to get wrong; each has lost records in the simulation
    `highest` is the head at which a batch was read, not where the batch ended. A record that had
    moved behind the end, and is moved back by a power cut, was passed without being seen.
    A hello is of some history. Whatever it tells (floor, head, generation) counts only if it answers
    this receiver's cursor; else a rise of the floor hides the mark that would have contradicted.
    When a fork meets an unfinished fork pass there are rows of three histories, and only what
    lies below both bases is safe.

Who imports whom (left knows right)

    courier ─┬─ inbox, presence, rejections, errands
             ├─ office, roster ─ ends ─┬─ source ── session ─┐
             │                         ├─ replica ─ path ────┼─ ports ─ messages
             │                         └─ ledger ────────────┘
             └─ wire ─ envelope (and messages)

    messages   the words; values only           ports     what a machine asks of a ledger
    source     the owner's decisions, S1–S8     replica   the receiver's, R1–R8
    session    what is under way, and timers    path      where a replica stood
    errands    many letters in one transaction  memory    taking back what a machine learnt
    ledger     revisions, rows and SQL          wire      bytes, signatures, limits
    courier    joins clock, ledger and wire: the only one that waits

`messages`, `ports`, `path`, `session`, `source` and `replica` have no clock, no chance, no
database and no thread. Time and ledger come with each call, so `tests/simulation` runs the
very same classes through millions of bad days, and without any one of the safeguards above it
finds the day on which something is lost.
"""
