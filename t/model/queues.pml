/* queues.pml: the protocol of the queues, for Spin: what lies between a message's commit and the tab that shows it.
 *
 * One tab of one reader, two workers, Redis, PostgreSQL, MSGS messages of one conversation, and faults: FAULTS of
 * them in all, of the kinds that are switched on, in any mixture and at any moment. Of time there is one thing only:
 * Spin's `timeout` is true when nothing else can happen, and then the hold ends. What is checked there:
 *
 *   late      all is quiet, the poll is held, and the tab lacks a message that is committed: it learns of it at the
 *             poll's end only. Allowed after what Redis can't show: a tab's own keys lost, a push given up.
 *   lost      the tab lacks it also when holds have ended twice, with all that follows from that.
 *   doubled   one message was committed twice.
 *   needless  a queue was given up, though there was no fault.
 *
 * A script of Redis is one step, a commit too. Between a script and what its caller does with the answer anything may
 * happen: other scripts, rings (they come on another connection), the caller's death. Where the code has a name, so it
 * is here: fcgi/lua/queue_read.lua is read_queue, fcgi/poll.c is Poll, fcgi/bell.c is Worker, fcgi/outbox.c is Message,
 * www/js/receive.js is Tab. What is simpler here than there:
 *
 *   A command that was written is executed at once or never; that of a dead process isn't executed much later.
 *   Pushes on one connection come in any order. A ring is not refused. Nothing expires.
 *   A request that comes while Redis is away waits, instead of being tried again.
 *   What a hole lacks is fetched in the moment in which the hole is seen.
 *   Of a reader's queues there is only the newest: what becomes of an older one touches nobody.
 *   Of events that go along with rings, a poll ends with the first one.
 *   Sessions, memberships, a worker's orderly end, and faults of PostgreSQL are not in it.
 *   The sum of the numbers is the number of the one conversation.
 *
 * Two holes are known, each of more than one fault; a message is late by them, and not lost:
 *
 *   BREAK with KILL or CUT: an old poll takes the note, and its worker dies, or its connection for commands does,
 *   before it has rung for the newer poll. That one learns so at its end.
 *   KILL with a small CAP: a push drops a full queue, and its worker dies before it rings, as did those that filled
 *   the queue. The next push finds no queue, and nobody to ring.
 *
 * By hand, in an empty folder, with MODEL for this file (t/70-model.t tells which faults show what):
 *
 *   spin -a -DFAULTS=1 -DKILL -DCLEAR_NOTE $MODEL
 *   cc -O2 -w -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m10000
 *   spin -t -p -g -DFAULTS=1 -DKILL -DCLEAR_NOTE $MODEL
 *
 * The last prints the trail of an error: each line a statement, those with one number in front one step, and the
 * variables after it. `st` are the polls, `rq` is the queue in Redis, `row` are the messages. A shorter trail: build
 * with -DREACH, and ./pan -i -m60.
 *
 * Faults:
 *   KILL      kill -9 of a worker, which is started again
 *   BREAK     the tab breaks its poll off and asks anew: the old request may arrive much later, and its hang-up too
 *   LOSE      an answer is lost on its way, to the tab or to the sender
 *   EARLY     a hold ends while other things happen
 *   FLUSH     FLUSHALL
 *   RESTART   Redis is another one: empty, or with a copy of what there was at some moment before
 *   LINK      a worker's bell is cut off; Redis doesn't notice at once
 *   CUT       a worker's connection for commands is cut off: what is under way is done, and nobody hears of it
 *   REFUSE    a push is refused
 *   MISREAD   a look is refused
 *   LOSE_LIST, LOSE_TAB, LOSE_TABS   a tab's list, its record (or both), the reader's list of tabs
 *
 * Clauses, each removed by its macro:
 *   NO_TABLE_FIRST   a poll is in the worker's table before its first look, so that a ring may overtake the answer
 *   NO_GEN           a poll's number, by which an older one ends
 *   NO_RING_BEFORE   the first look rings the worker that was noted before, unless it acknowledges something
 *   FORGET_FIRST     a poll whose client leaves during its first look waits for the answer, and rings whom it names
 *   CLEAR_NOTE       a push leaves the note
 *   NOT_GIVEN        an event that goes along with a ring counts as given from its push on
 *   ALONG_ONLY       it is in the list as well, until it is acknowledged
 *   ALONG_BLIND      only a poll takes it that is parked and has all before it
 *   ALONG_OR_NEVER   a poll that can't take it looks at the queue
 *   NO_LOOK          the look at a random key, once a second
 *   NO_DOUBT         all polls look again when the bell is new
 *   OLD_BELL         a bell has a new name at each connection
 *   NO_MISREAD       after a look that was refused all polls look again
 *   NO_RUN_ID        a queue belongs to one run of Redis
 *   NO_LENGTH        length = next - base, or the queue is dropped
 *   RANGE_DROPS      an `after` that was acknowledged already is 410 for that poll, and the queue stays
 *   POP              events stay until they are acknowledged
 *   SILENT_CAP       a queue that is dropped because too much waits is rung for
 *   NO_OUTBOX        the outbox row stays until every push has answered
 *   STATE_FIRST      the queue is opened before the state is read
 *   SEQUENCE         numbers are taken under the conversation's lock, and so in the order of commits
 *   NO_KEY           a message's key makes a second try harmless
 *   NO_REVS          a poll that ends empty compares the sum of the numbers
 *
 * LATE_OK leaves lateness unchecked, for what is lost where NO_REVS is added. SEEN prints which situations came up.
 */

#ifndef MSGS
#define MSGS 2
#endif
#ifndef FAULTS
#define FAULTS 0
#endif
#ifndef CAP
#define CAP 6       /* most events that wait in a queue: more than come, so that none overflows */
#endif
#define TRIES 1     /* refused pushes of a row, before it is given up at the next */
#define WORKERS 2
#define POLLS 2     /* the tab's own, and one that it broke off */
#define NONE 255

#define bit(n) (1 << (n))

#ifdef SEEN
c_decl {
    static void mark(const char *what)
    {
        static const char *marked[64];
        int i = 0;
        while (marked[i] && marked[i] != what) i++;
        if (!marked[i]) { marked[i] = what; printf("seen: %s\n", what); }
    }
}
#define seen(what) c_code { mark(#what); }
#else
#define seen(what) skip
#endif

/* ---- PostgreSQL ---- */

byte pg_rev;                    /* the conversation's counter */
byte pg_visible;                /* committed messages, a bit each; bit 0 is number 1 */
mtype = { UNSENT, NUMBERED, TO_PUSH, PUSHED, RUNG, FREE, DONE };
mtype row[MSGS] = UNSENT;       /* a message and its outbox row, and how far its holder is with it */
byte number[MSGS], holder[MSGS], refused[MSGS];
byte to_ring[MSGS], to_tab[MSGS];   /* what the push has answered, */
byte along[MSGS];               /* and the event's number in the queue where it goes along with the ring, else 0 */
bool doubled, needless;

/* ---- Redis ---- */

typedef Queue { byte id, of_run, base, given, next, gen, note, held, ev[CAP]; bool listed };
Queue rq;                       /* the tab's newest; id 0: there is none */
Queue saved;                    /* a copy of some moment before */
bool is_saved;
byte redis_run;
byte bells[WORKERS];            /* rings that wait in each worker's bell, a bit for each tab; */
byte bell_tab[WORKERS * MSGS];  /* and for each message that goes along: for which tab, */
byte bell_n[WORKERS * MSGS];    /* and its number there, or 0 */
bool refusing;                  /* the next look is refused */

/* ---- Workers ---- */

bool bell_up[WORKERS] = true, link_up[WORKERS] = true;
bool emptied[WORKERS];          /* the random key isn't what it was */
bool half_open[WORKERS];        /* a dead connection still blocks on the bell */
#define name_of(w) (1 + (w))    /* of its bell as of now; 0 is nobody */

/* ---- Polls: a request of the tab, from its sending to its answer ---- */

mtype = { NOBODY, SENT, LOOKING, PARKED, ANSWERED };
mtype = { NIL, GONE, RANGE, REPLACED, OK, EVENTS, EMPTY, BEHIND, FAILED };
mtype st[POLLS] = NOBODY;
byte p_queue[POLLS], p_worker[POLLS], p_after[POLLS], p_rev[POLLS];
byte p_gen[POLLS];              /* 0 until the first look has answered */
bool p_left[POLLS];             /* the client has left; the worker may not know yet */
bool p_rung[POLLS], p_due[POLLS], p_doubt[POLLS];
bool p_ending[POLLS];           /* this look is the last, which notes nobody */
mtype r_what[POLLS] = NIL;      /* the answer to a look under way, then the poll's own */
byte r_gen[POLLS], r_ring[POLLS], r_last[POLLS], r_events[POLLS];

/* ---- The tab ---- */

byte queue, after, live = NONE, newest_queue;
byte rev, got;                  /* up to which number it is complete; the messages that it shows */
byte state_rev, state_got;      /* STATE_FIRST: what was read before the queue was opened */
mtype = { CLOSED, OPENED, READ, POLLING };
mtype tab = CLOSED;
bool has_polled;

byte faults = FAULTS;          /* that may still come */
bool excused;                   /* something was lost of which Redis can't tell */

hidden byte i, n, rings, to, acks;

/* Which messages are long: their events don't go along with rings. */
#ifndef LONG
#define LONG 0
#endif

/* ---- Scripts ---- */

/* RPUSH on a bell. */
inline ring(bell, q)
{
    if
    :: bell == 0 -> skip
    :: bell != 0 && half_open[bell - 1] -> half_open[bell - 1] = false
    :: else -> bells[bell - 1] = bells[bell - 1] | bit(q)
    fi
}

/* The same for message m, whose event may go along. */
inline ring_for(m)
{
    if
    :: to_ring[m] != 0 && along[m] != 0 && half_open[to_ring[m] - 1] -> half_open[to_ring[m] - 1] = false
    :: to_ring[m] != 0 && along[m] != 0 && !half_open[to_ring[m] - 1] ->
        bell_tab[(to_ring[m] - 1) * MSGS + m] = to_tab[m];
        bell_n[(to_ring[m] - 1) * MSGS + m] = along[m]
    :: else -> ring(to_ring[m], to_tab[m])
    fi;
    to_ring[m] = 0;
    to_tab[m] = 0;
    along[m] = 0
}

inline silence(w)
{
    bells[w] = 0;
    for (i : 0 .. MSGS - 1) { bell_tab[(w) * MSGS + i] = 0; bell_n[(w) * MSGS + i] = 0 }
    i = 0
}

/* A bell's name is new: whoever rings the old one rings nobody, wherever that name is still noted. */
inline rename_bell(w)
{
    half_open[w] = false;
    if :: rq.note == name_of(w) -> seen(old_name_noted); rq.note = 0 :: else -> skip fi;
    if :: saved.note == name_of(w) -> saved.note = 0 :: else -> skip fi;
    for (i : 0 .. MSGS - 1) { if :: to_ring[i] == name_of(w) -> to_ring[i] = 0 :: else -> skip fi }
    for (i : 0 .. POLLS - 1) { if :: r_ring[i] == name_of(w) -> r_ring[i] = 0 :: else -> skip fi }
    i = 0
}

inline drop_queue()
{
    rq.id = 0; rq.of_run = 0; rq.base = 0; rq.given = 0; rq.next = 0; rq.gen = 0; rq.note = 0; rq.listed = false;
    empty_list()
}

inline empty_list()
{
    rq.held = 0;
    for (i : 0 .. CAP - 1) { rq.ev[i] = 0 }
    i = 0
}

inline open_queue()
{
    drop_queue();
    newest_queue++;
    assert(newest_queue < 8);
    rq.id = newest_queue;
    rq.of_run = redis_run;
    rq.listed = true
}

#ifdef NO_RUN_ID
#define is_foreign() (false)
#else
#define is_foreign() (rq.of_run != redis_run)
#endif
#ifdef NO_LENGTH
#define is_short() (false)
#else
#define is_short() (rq.held != rq.next - rq.base)
#endif
/* Where all has arrived there is nothing to lose: the list is emptied then, whatever is in it. */
#define is_cut(p) (is_short() && rq.next > p_after[p])
#ifdef NO_GEN
#define is_replaced(p) (false)
#else
#define is_replaced(p) (p_gen[p] != 0 && p_gen[p] != rq.gen)
#endif
#ifdef POP
#define is_outside(p) (false)
#else
#define is_outside(p) (p_after[p] < rq.base || p_after[p] > rq.given)
#endif

inline append(m)
{
    rq.ev[rq.held] = number[m];
    rq.held++;
    rq.next++
}

/* m: the message. The answer is what to ring for it. */
inline push_queue(m)
{
    along[m] = 0;
    to_ring[m] = 0;
    to_tab[m] = rq.id;
    if
    :: rq.id == 0 || !rq.listed -> seen(push_without_a_queue)
    :: rq.id != 0 && rq.listed && is_foreign() ->
        to_ring[m] = rq.note;
        drop_queue()
    :: rq.id != 0 && rq.listed && !is_foreign() && rq.next - rq.base >= CAP ->
        seen(queue_overflows);
#ifndef SILENT_CAP
        to_ring[m] = rq.note;
#endif
        drop_queue()
    :: else ->
        if
        :: is_short() -> seen(queue_dropped_by_a_push); to_ring[m] = rq.note; drop_queue()
        :: else ->
            if
            :: rq.note != 0 && rq.given == rq.next && !(LONG & bit(m)) -> along[m] = rq.next + 1
            :: else -> skip
            fi;
#ifdef ALONG_ONLY
            if :: along[m] == 0 -> append(m) :: else -> skip fi;
#else
            append(m);
#ifndef NOT_GIVEN
            if :: along[m] != 0 -> rq.given = rq.next :: else -> skip fi;
#endif
#endif
            to_ring[m] = rq.note;
#ifdef CLEAR_NOTE
            rq.note = 0
#endif
        fi
    fi
}

/* One look of poll p, which notes its worker where notes is true. */
inline read_queue(p, notes)
{
    r_gen[p] = 0; r_ring[p] = 0; r_last[p] = 0; r_events[p] = 0;
    if
    :: rq.id != p_queue[p] -> r_what[p] = GONE
    :: rq.id == p_queue[p] && !is_foreign() && is_replaced(p) -> r_what[p] = REPLACED
    :: rq.id == p_queue[p] && !is_foreign() && !is_replaced(p) && is_outside(p) ->
        seen(after_out_of_range);
        r_what[p] = RANGE;
#ifdef RANGE_DROPS
        drop_queue()
#endif
    :: rq.id == p_queue[p] && (is_foreign() || (!is_replaced(p) && !is_outside(p) && is_cut(p))) ->
        seen(queue_dropped_by_a_look);
        r_what[p] = GONE;
        r_ring[p] = rq.note;
        drop_queue()
    :: else ->
        r_what[p] = OK;
#ifdef POP
        for (i : 0 .. CAP - 1) { if :: i < rq.held -> r_events[p] = r_events[p] | bit(rq.ev[i] - 1) :: else -> skip fi }
        i = 0;
        n = rq.held;
        rq.base = rq.next;
        rq.given = rq.next;
        r_last[p] = rq.next;
        empty_list();
#else
        acks = p_after[p] - rq.base;
        do                                      /* LTRIM */
        :: rq.base < p_after[p] && rq.held > 0 ->
            for (i : 1 .. CAP - 1) { rq.ev[i - 1] = rq.ev[i] }
            i = 0;
            rq.ev[CAP - 1] = 0;
            rq.held--;
            rq.base++
        :: else -> break
        od;
        if :: rq.next == p_after[p] -> empty_list() :: else -> skip fi;     /* DEL */
        rq.base = p_after[p];
        n = rq.held;                             /* LRANGE */
        for (i : 0 .. CAP - 1) { if :: i < n -> r_events[p] = r_events[p] | bit(rq.ev[i] - 1) :: else -> skip fi }
        i = 0;
        r_last[p] = p_after[p] + n;
        if :: r_last[p] > rq.given -> rq.given = r_last[p] :: else -> skip fi;
#endif
        if
        :: p_gen[p] == 0 ->
            rq.gen++;
#ifndef NO_RING_BEFORE
            if :: acks == 0 -> r_ring[p] = rq.note :: else -> skip fi
#endif
        :: else -> skip
        fi;
        acks = 0;
        r_gen[p] = rq.gen;
        rq.note = ((n == 0 && notes) -> name_of(p_worker[p]) : 0);
        n = 0
    fi
}

/* ---- What a worker does for a poll (poll.c) ---- */

inline forget(p)
{
    st[p] = NOBODY;
    p_queue[p] = 0; p_worker[p] = 0; p_after[p] = 0; p_rev[p] = 0; p_gen[p] = 0;
    p_left[p] = false; p_rung[p] = false; p_due[p] = false; p_doubt[p] = false; p_ending[p] = false;
    r_what[p] = NIL; r_gen[p] = 0; r_ring[p] = 0; r_last[p] = 0; r_events[p] = 0
}

/* The answer goes out; where the client has left, nobody gets it. */
inline finish(p, what)
{
    if
    :: p_left[p] -> forget(p)
    :: else ->
        r_what[p] = what;
        st[p] = ANSWERED;
        p_queue[p] = 0; p_worker[p] = 0; p_after[p] = 0; p_rev[p] = 0; p_gen[p] = 0;
        p_rung[p] = false; p_due[p] = false; p_doubt[p] = false; p_ending[p] = false;
        r_gen[p] = 0; r_ring[p] = 0;
        if :: what != EVENTS -> r_last[p] = 0; r_events[p] = 0 :: else -> skip fi
    fi
}

inline look(p, ending)
{
    st[p] = LOOKING;
    p_ending[p] = ending;
    if
    :: refusing || !link_up[p_worker[p]] ->
        seen(look_refused);
        refusing = false;
        r_what[p] = NIL
    :: else -> read_queue(p, !ending)
    fi
}

inline end_quiet(p)
{
#ifdef NO_REVS
    finish(p, EMPTY)
#else
    if
    :: p_rev[p] != pg_rev -> finish(p, BEHIND)
    :: else -> finish(p, EMPTY)
    fi
#endif
}

inline found_nothing(p)
{
    if
    :: p_ending[p] -> end_quiet(p)
    :: !p_ending[p] && p_due[p] -> look(p, true)
    :: !p_ending[p] && !p_due[p] && p_rung[p] ->
        seen(ring_overtook_an_answer);
        p_rung[p] = false;
        look(p, false)
    :: else ->
        st[p] = PARKED;
        r_what[p] = NIL; r_gen[p] = 0; r_ring[p] = 0; r_last[p] = 0
    fi
}

inline without_redis(p)
{
    if
    :: p_gen[p] == 0 -> finish(p, FAILED)
    :: p_gen[p] != 0 && (p_ending[p] || p_due[p]) -> finish(p, EMPTY)
    :: else ->
        st[p] = PARKED;
#ifndef NO_MISREAD
        p_doubt[p] = true
#endif
    fi
}

inline on_read(p)
{
    if
    :: r_what[p] == NIL -> without_redis(p)
    :: r_what[p] == GONE ->
        ring(r_ring[p], p_queue[p]);
        finish(p, GONE)
    :: r_what[p] == RANGE -> finish(p, GONE)
    :: r_what[p] == REPLACED -> finish(p, REPLACED)
    :: else ->
        p_gen[p] = r_gen[p];
        ring(r_ring[p], p_queue[p]);
        if
        :: r_events[p] != 0 -> finish(p, EVENTS)
        :: else -> found_nothing(p)
        fi
    fi
}

/* The client's connection is closed: nobody is to be rung for it any longer. */
inline on_gone(p)
{
    if
    :: p_gen[p] != 0 && link_up[p_worker[p]] -> seen(left_while_held); read_queue(p, false)
    :: else -> skip
    fi;
    forget(p)
}

inline rung_for(p)
{
    if
    :: st[p] == PARKED -> look(p, false)
#ifdef NO_TABLE_FIRST
    :: st[p] == LOOKING && p_gen[p] != 0 -> p_rung[p] = true
#else
    :: st[p] == LOOKING -> p_rung[p] = true
#endif
    :: else -> skip
    fi
}

/* The same, and message m goes along as number n of the queue. */
inline rung_with(p, m, n)
{
    if
    :: n <= p_after[p] -> skip
#ifdef ALONG_BLIND
    :: n > p_after[p] && st[p] == PARKED ->
#else
    :: n == p_after[p] + 1 && st[p] == PARKED ->
#endif
        seen(taken_from_a_ring);
        r_events[p] = bit(number[m] - 1);
#ifdef ALONG_ONLY
        r_last[p] = p_after[p];
#else
        r_last[p] = n;
#endif
        finish(p, EVENTS)
    :: else ->
#ifndef ALONG_OR_NEVER
        rung_for(p)
#else
        skip
#endif
    fi
}

proctype Poll(byte p)
{
end:
    do
    :: d_step { st[p] == SENT && link_up[p_worker[p]] -> look(p, false) }
    :: d_step { st[p] == SENT && p_left[p] -> forget(p) }
    :: d_step { st[p] == LOOKING -> on_read(p) }
    :: d_step { st[p] == PARKED && p_doubt[p] && link_up[p_worker[p]] -> p_doubt[p] = false; look(p, false) }
    :: d_step { (st[p] == PARKED || (st[p] == LOOKING && p_gen[p] != 0)) && p_left[p] -> on_gone(p) }
#ifdef FORGET_FIRST
    :: d_step { st[p] == LOOKING && p_gen[p] == 0 && p_left[p] -> forget(p) }
#endif
    od
}

/* ---- A worker's connections (bell.c, redis.c) ---- */

inline doubt_all(w)
{
    for (i : 0 .. POLLS - 1) {
        if
        :: p_worker[i] == w && st[i] == PARKED -> p_doubt[i] = true
        :: p_worker[i] == w && st[i] == LOOKING -> p_rung[i] = true
        :: else -> skip
        fi
    }
    i = 0
}

#define rings_with(w, m) (bell_n[(w) * MSGS + m] != 0)

inline hear_with(w, m)
{
    to = bell_tab[(w) * MSGS + m];
    rings = bell_n[(w) * MSGS + m];
    bell_tab[(w) * MSGS + m] = 0;
    bell_n[(w) * MSGS + m] = 0;
    if :: p_worker[0] == w && p_queue[0] == to -> rung_with(0, m, rings) :: else -> skip fi;
    if :: p_worker[1] == w && p_queue[1] == to -> rung_with(1, m, rings) :: else -> skip fi;
    to = 0;
    rings = 0
}

proctype Worker(byte w)
{
end:
    do
    :: d_step { bells[w] != 0 && bell_up[w] ->
        rings = bells[w];
        bells[w] = 0;
        if :: p_worker[0] == w && (rings & bit(p_queue[0])) -> rung_for(0) :: else -> skip fi;
        if :: p_worker[1] == w && (rings & bit(p_queue[1])) -> rung_for(1) :: else -> skip fi;
        rings = 0 }
    :: d_step { rings_with(w, 0) && bell_up[w] -> hear_with(w, 0) }
#if MSGS > 1
    :: d_step { rings_with(w, 1) && bell_up[w] -> hear_with(w, 1) }
#endif
#if MSGS > 2
    :: d_step { rings_with(w, 2) && bell_up[w] -> hear_with(w, 2) }
#endif
#ifndef NO_LOOK
    :: d_step { emptied[w] && bell_up[w] -> bell_up[w] = false }
#endif
    :: d_step { !bell_up[w] ->
        bell_up[w] = true;
        emptied[w] = false;
        silence(w);
#ifndef OLD_BELL
        rename_bell(w);
#endif
#ifndef NO_DOUBT
        doubt_all(w)
#endif
        }
    :: d_step { !link_up[w] -> link_up[w] = true; doubt_all(w) }
    od
}

/* ---- A message: its sender, and the outbox row until every push has answered (batch.c, outbox.c) ---- */

inline let_go(m)
{
    along[m] = 0;
    to_ring[m] = 0;
    to_tab[m] = 0;
    holder[m] = 0;
#ifdef NO_OUTBOX
    row[m] = DONE
#else
    row[m] = FREE
#endif
}

proctype Message(byte m)
{
    byte w, commits;
end:
    do
#ifdef SEQUENCE
    :: d_step { row[m] == UNSENT && pg_rev == m -> pg_rev++; number[m] = pg_rev; row[m] = NUMBERED }
    :: row[m] == NUMBERED -> if :: w = 0 :: w = 1 fi;
#else
    /* The messages are alike, so that the first is that which commits first. */
    :: row[m] == UNSENT && pg_rev == m -> if :: w = 0 :: w = 1 fi;
#endif
        d_step {
#ifndef SEQUENCE
            pg_rev++;
            number[m] = pg_rev;
#endif
            pg_visible = pg_visible | bit(number[m] - 1);
            commits = 1;
            holder[m] = w;
            w = 0;
            row[m] = TO_PUSH
        }
#ifdef LOSE
    :: d_step { row[m] == TO_PUSH && faults > 0 ->
        faults--;
        seen(send_repeated);
#ifdef NO_KEY
        commits++;
        doubled = commits > 1
#endif
        }
#endif
    :: d_step { row[m] == TO_PUSH && link_up[holder[m]] -> push_queue(m); row[m] = PUSHED }
    :: d_step { row[m] == TO_PUSH && !link_up[holder[m]] -> let_go(m) }
#ifdef REFUSE
    :: d_step { row[m] == TO_PUSH && faults > 0 -> faults--; refused[m]++; let_go(m) }
#endif
    :: d_step { row[m] == PUSHED -> ring_for(m); row[m] = RUNG }
    :: d_step { row[m] == RUNG -> row[m] = DONE; holder[m] = 0 }
    :: d_step { row[m] == FREE && refused[m] > TRIES -> seen(given_up); excused = true; row[m] = DONE }
    :: d_step { row[m] == FREE && refused[m] <= TRIES && link_up[0] -> seen(swept); holder[m] = 0; row[m] = TO_PUSH }
    :: d_step { row[m] == FREE && refused[m] <= TRIES && link_up[1] -> holder[m] = 1; row[m] = TO_PUSH }
    od
}

/* ---- The tab (receive.js, store.js) ---- */

/* All that changed since, from PostgreSQL. */
inline take_state(r, g)
{
    got = got | g;
    if :: r > rev -> rev = r :: else -> skip fi
}

#ifdef SEQUENCE
/* A number that was taken may not be committed yet: the newest that can be seen. */
#define pg_newest ((pg_visible & bit(2)) -> 3 : ((pg_visible & bit(1)) -> 2 : (pg_visible & 1)))
#else
#define pg_newest pg_rev
#endif

inline take_events(e)
{
    do
    :: e & bit(rev) -> got = got | bit(rev); rev++
    :: else -> break
    od;
    if
    :: (e >> rev) != 0 -> seen(hole); take_state(pg_newest, pg_visible)
    :: else -> skip
    fi
}

inline send_poll(p, w)
{
    live = p;
    has_polled = true;
    st[p] = SENT;
    p_queue[p] = queue;
    p_worker[p] = w;
    p_after[p] = after;
    p_rev[p] = rev
}

inline take_answer(p)
{
    if
    :: r_what[p] == EVENTS -> take_events(r_events[p]); after = r_last[p]
    :: r_what[p] == BEHIND -> seen(behind); take_state(pg_newest, pg_visible)
    :: r_what[p] == REPLACED || r_what[p] == GONE ->
        if :: r_what[p] == REPLACED -> seen(replaced) :: else -> seen(queue_gone); needless = FAULTS == 0 fi;
        queue = 0;
        after = 0;
        tab = CLOSED
    :: else -> skip
    fi;
    forget(p);
    live = NONE                                 /* p is live: not before */
}

proctype Tab()
{
end:
    do
#ifdef STATE_FIRST
    :: d_step { tab == CLOSED -> state_rev = pg_newest; state_got = pg_visible; tab = READ }
    :: d_step { tab == READ && (link_up[0] || link_up[1]) ->
        open_queue();
        queue = rq.id;
        take_state(state_rev, state_got);
        state_rev = 0;
        state_got = 0;
        tab = POLLING }
#else
    :: d_step { tab == CLOSED && (link_up[0] || link_up[1]) -> open_queue(); queue = rq.id; tab = OPENED }
    :: d_step { tab == OPENED -> take_state(pg_newest, pg_visible); tab = POLLING }
#endif
#ifdef LOSE
    :: d_step { tab == OPENED && faults > 0 -> faults--; queue = 0; tab = CLOSED }
#endif
    :: d_step { tab == POLLING && live == NONE && st[0] == NOBODY -> send_poll(0, 0) }
    /* The workers are alike, so that the first is that which has the first poll. */
    :: d_step { tab == POLLING && live == NONE && st[0] == NOBODY && has_polled -> send_poll(0, 1) }
    :: d_step { tab == POLLING && live == NONE && st[0] != NOBODY && st[1] == NOBODY -> send_poll(1, 0) }
    :: d_step { tab == POLLING && live == NONE && st[0] != NOBODY && st[1] == NOBODY -> send_poll(1, 1) }
    :: d_step { live != NONE && st[live] == ANSWERED -> take_answer(live) }
#ifdef LOSE
    :: d_step { live != NONE && st[live] == ANSWERED && faults > 0 ->
        faults--;
        seen(answer_lost);
        forget(live);
        live = NONE }
#endif
    od
}

/* ---- Faults ---- */

inline kill(w)
{
    rename_bell(w);
    silence(w);
    bell_up[w] = true;
    link_up[w] = true;
    emptied[w] = false;
    for (i : 0 .. MSGS - 1) {
        if
        :: holder[i] == w && row[i] == PUSHED -> seen(killed_between_push_and_ring); let_go(i)
        :: holder[i] == w && (row[i] == TO_PUSH || row[i] == RUNG) -> let_go(i)
        :: else -> skip
        fi
    }
    i = 0;
    if :: p_worker[0] == w && (st[0] == LOOKING || st[0] == PARKED) -> finish(0, FAILED) :: else -> skip fi;
    if :: p_worker[1] == w && (st[1] == LOOKING || st[1] == PARKED) -> finish(1, FAILED) :: else -> skip fi
}

inline copy_queue(from, to)
{
    to.id = from.id; to.of_run = from.of_run; to.base = from.base; to.given = from.given; to.next = from.next;
    to.gen = from.gen; to.note = from.note; to.held = from.held; to.listed = from.listed;
    for (i : 0 .. CAP - 1) { to.ev[i] = from.ev[i] }
    i = 0
}

inline forget_copy()
{
    is_saved = false;
    saved.id = 0; saved.of_run = 0; saved.base = 0; saved.given = 0; saved.next = 0; saved.gen = 0; saved.note = 0;
    saved.held = 0; saved.listed = false;
    for (i : 0 .. CAP - 1) { saved.ev[i] = 0 }
    i = 0
}

/* The connection for commands breaks: what was under way has no answer, whether it was done or not. */
inline cut(w)
{
    link_up[w] = false;
    for (i : 0 .. POLLS - 1) { if :: p_worker[i] == w && st[i] == LOOKING -> r_what[i] = NIL :: else -> skip fi }
    for (i : 0 .. MSGS - 1) { if :: holder[i] == w && row[i] == PUSHED -> let_go(i) :: else -> skip fi }
    i = 0
}

inline restart()
{
    redis_run++;
    refusing = false;
    if :: is_saved && saved.id != 0 && saved.id == rq.id -> seen(an_older_copy) :: else -> skip fi;
    copy_queue(saved, rq);
    forget_copy();
    silence(0);
    silence(1);
    for (i : 0 .. WORKERS - 1) {
        bell_up[i] = false;
        emptied[i] = false;
        half_open[i] = false
    }
    cut(0);
    cut(1)
}

inline end_hold(p)
{
    if
    :: st[p] == PARKED -> look(p, true)
    :: st[p] == LOOKING -> p_due[p] = true
    :: else -> skip
    fi
}

proctype Faults()
{
end:
    do
    :: d_step { faults > 0 -> faults = 0; refusing = false; forget_copy() }  /* no more of them */
#ifdef KILL
    :: d_step { faults > 0 -> faults--; kill(0) }
    :: d_step { faults > 0 -> faults--; kill(1) }
#endif
#ifdef BREAK
    :: d_step { faults > 0 && live != NONE && st[live] != ANSWERED -> faults--; p_left[live] = true; live = NONE }
#endif
#ifdef EARLY
    :: d_step { faults > 0 && live == 0 && (st[0] == PARKED || st[0] == LOOKING) -> faults--; end_hold(0) }
    :: d_step { faults > 0 && live == 1 && (st[1] == PARKED || st[1] == LOOKING) -> faults--; end_hold(1) }
#endif
#ifdef FLUSH
    :: d_step { faults > 0 -> faults--; drop_queue(); silence(0); silence(1); emptied[0] = true; emptied[1] = true }
#endif
#ifdef RESTART
    :: d_step { faults > 0 && !is_saved && rq.id != 0 -> copy_queue(rq, saved); is_saved = true }
    :: d_step { faults > 0 -> faults--; restart() }
#endif
#ifdef LINK
    :: d_step { faults > 0 -> faults--; bell_up[0] = false; silence(0); half_open[0] = true }
    :: d_step { faults > 0 -> faults--; bell_up[1] = false; silence(1); half_open[1] = true }
#endif
#ifdef CUT
    :: d_step { faults > 0 -> faults--; cut(0) }
    :: d_step { faults > 0 -> faults--; cut(1) }
#endif
#ifdef MISREAD
    :: d_step { faults > 0 && !refusing -> faults--; refusing = true }
#endif
#ifdef LOSE_LIST
    :: d_step { faults > 0 && rq.held > 0 -> faults--; empty_list() }
#endif
#ifdef LOSE_TAB
    :: d_step { faults > 0 && rq.id != 0 -> faults--; drop_queue(); excused = true }
#endif
#ifdef LOSE_TABS
    :: d_step { faults > 0 && rq.listed -> faults--; rq.listed = false; excused = true }
#endif
    od
}

/* ---- Time ---- */

inline end_holds()
{
    end_hold(0);
    end_hold(1)
}

proctype Time()
{
    bool late, lost;
    timeout;
    d_step {
        assert(live != NONE && st[live] == PARKED);
#ifndef LATE_OK
        late = got != pg_visible && !excused;
#endif
        assert(!late);
        assert(!doubled);
        assert(!needless);
        end_holds()
    }
    /* Once more: a poll that ends with an event compares nothing. */
    timeout;
    d_step { end_holds() }
    timeout;
    d_step {
        assert(pg_visible == bit(MSGS) - 1);
        seen(all_quiet);
        lost = got != pg_visible;
        assert(!lost)
    }
}

init {
    atomic {
        run Poll(0);
        run Poll(1);
        run Worker(0);
        run Worker(1);
        for (i : 0 .. MSGS - 1) { run Message(i) }
        i = 0;
        run Tab();
        run Faults();
        run Time()
    }
}
