/* door.c: see door.h. Connections: their bytes come in pieces, and are handed on once they are a whole
 * request; answers go out as the socket takes them. */
#include "door.h"
#include "door_request.h"
#include "door_upload.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "record.h"
#include "socket.h"

#define FULL_S    0.2 /* without a descriptor: try again soon, don't spin */
#define CROWDED_S 0.005

enum {
	READ_SIZE = 16 * 1024,
	PIECES_MS = 10000,        /* for a whole request to come */
	UNSENT_MS = 30000,        /* for an answer to be taken, or for so much of it: */
	TAKEN_LEAST = 128 * 1024, /* a slow line gets its answer; but not where memory is short: */
	UNSENT_MOST = 64 << 20,   /* all answers that aren't taken */
	RESERVE = 32, /* descriptors: half for whom we refuse, half for PostgreSQL and Redis */
};

/* What comes or goes at the moment: nothing, where a request is held. */
struct traffic {
	struct door_connection *connection;
	struct buffer in, out;
	struct deadline deadline; /* of a partial request, or an unsent answer */
	struct record_scan scan;  /* of the request that is coming */
	size_t unsent;            /* when the deadline was set */
};

struct door_connection {
	struct door_connection *next, **at; /* all connections; *at points here */
	struct ev_io io;
	struct traffic *now; /* &nothing where there is none */
	void *owner;         /* of the request under way, with whom to tell */
	void (*gone)(void *owner);
	uint16_t id;             /* of the request under way */
	bool keep, busy;         /* busy: a request is under way */
	bool crowded;            /* took one of the last descriptors */
	enum door_upload upload; /* what becomes of its large body */
};

_Static_assert(
    sizeof(struct door_connection) <= 104, "one for each held poll: all else is traffic");

static struct door_connection *connections;
static struct traffic nothing; /* stays so */
static struct ev_io listener;
static struct ev_timer accept_pause; /* out of descriptors: try again soon, don't spin */
static door_begin_fn *begin_request;
static size_t busy_count, crowded_count;
static bool closing;

static void watch(struct door_connection *c);

static void
end_upload(struct door_connection *c)
{
	if (c->upload == DOOR_UPLOAD_HELD)
		door_upload_end();
	c->upload = DOOR_UPLOAD_NONE;
}

static struct traffic *
begin_traffic(struct door_connection *c)
{
	if (c->now == &nothing) {
		c->now = xzalloc(sizeof *c->now);
		c->now->connection = c;
	}
	return c->now;
}

static void
end_traffic(struct door_connection *c)
{
	if (c->now == &nothing)
		return;
	deadline_clear(&c->now->deadline);
	buffer_free(&c->now->in);
	buffer_free(&c->now->out);
	free(c->now);
	c->now = &nothing;
}

/* Nothing goes any longer: does anything come? */
static void
end_if_quiet(struct door_connection *c)
{
	if (c->now->in.len == 0)
		end_traffic(c);
}

static void
connection_free(struct door_connection *c)
{
	end_upload(c);
	*c->at = c->next;
	if (c->next != NULL)
		c->next->at = c->at;
	ev_io_stop(loop_ev(), &c->io);
	close(c->io.fd);
	if (c->busy || c->now->out.len > 0)
		busy_count--;
	end_traffic(c);
	crowded_count -= c->crowded;
	metrics_add(METRIC_CONNECTIONS, -1);
	free(c);
}

/* The client left, or the peer sent what nobody can understand. */
static void
hang_up(struct door_connection *c)
{
	void (*gone)(void *) = c->busy ? c->gone : NULL;
	void *owner = c->owner;

	if (gone != NULL)
		metrics_add(METRIC_HANGUPS, 1);
	connection_free(c);
	if (gone != NULL)
		gone(owner);
}

/* Goes enough of the answer that it may go on? */
static bool
is_taken(const struct traffic *t)
{
	size_t all = 0;

	for (const struct door_connection *c = connections; c != NULL; c = c->next)
		all += c->now->out.len;
	return t->out.len > 0 && t->unsent - t->out.len >= TAKEN_LEAST && all <= UNSENT_MOST;
}

static void
on_deadline(struct deadline *d)
{
	struct traffic *t = container_of(d, struct traffic, deadline);
	struct door_connection *c = t->connection;

	if (is_taken(t)) {
		t->unsent = t->out.len;
		deadline_set(d, UNSENT_MS, on_deadline);
		return;
	}
	log_info(NULL, "connection closed", "reason=%s",
	    LOG_QUOTED(t->out.len > 0 ? "answer not taken" : "request not whole in time"));
	hang_up(c);
}

/* Sends what the socket takes. False: the connection is gone. */
static bool
flush(struct door_connection *c)
{
	struct traffic *t = c->now;

	while (t->out.len > 0) {
		ssize_t n = send(c->io.fd, t->out.data, t->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (t->deadline.next == NULL) {
				t->unsent = t->out.len;
				deadline_set(&t->deadline, UNSENT_MS, on_deadline);
			}
			watch(c);
			return true;
		}
		if (n < 0) {
			hang_up(c);
			return false;
		}
		buffer_consume(&t->out, (size_t)n);
	}
	buffer_free(&t->out);
	deadline_clear(&t->deadline);
	end_if_quiet(c);
	busy_count--;
	if (!c->keep || closing) {
		connection_free(c);
		return false;
	}
	watch(c);
	return true;
}

void
door_own(struct door_connection *c, void *owner, void (*gone)(void *owner))
{
	c->owner = owner;
	c->gone = gone;
}

/* The request under way has its answer in c->now->out. */
static void
end_request(struct door_connection *c)
{
	end_upload(c);
	c->busy = false;
	c->owner = NULL;
	c->gone = NULL;
	(void)flush(c);
}

void
door_answer(
    struct door_connection *c, const char *head, size_t head_len, const char *body, size_t body_len)
{
	struct buffer *out = &begin_traffic(c)->out;

	record_answer(out, c->id, head, head_len, body, body_len);
	if (!c->keep || closing)
		record_no_more(out);
	end_request(c);
}

/* No answer is made for these: the connection ends, or does so after its last record. */
static void
refuse(struct door_connection *c, enum record_verdict verdict)
{
	if (verdict != RECORD_ROLE) {
		if (verdict == RECORD_BAD)
			log_info(NULL, "connection closed", "reason=%s",
			    LOG_QUOTED("not a FastCGI request"));
		hang_up(c);
		return;
	}
	c->keep = false;
	busy_count++;
	record_end_unknown_role(&c->now->out, c->now->scan.id);
	(void)flush(c);
}

/* What the peer may send behind its request, until that is answered and the
 * answer taken: nothing but an abort, which ends the connection. */
static bool
goes_on(const struct door_connection *c, size_t behind)
{
	const struct traffic *t = c->now;
	struct record_scan scan = { .begun = true, .id = t->scan.begun ? t->scan.id : c->id };
	size_t len = t->in.len - behind;

	return len == 0 ||
	    (len <= READ_SIZE && record_scan(&scan, t->in.data + behind, len) == RECORD_MORE);
}

/* Hands a whole request on. One whose parameters are malformed, or that lies about
 * its lengths, goes on as such, and its connection ends with the answer. */
static void
deliver(struct door_connection *c, bool too_large)
{
	static char *no_params[] = { NULL };
	struct door_input in = { 0 };
	struct traffic *t = c->now;
	bool flooded = c->upload == DOOR_UPLOAD_FLOODED, unread = too_large || flooded;

	if (!too_large && !goes_on(c, t->scan.at)) {
		hang_up(c);
		return;
	}
	c->id = t->scan.id;
	if (!unread && door_request_read(&in, t->in.data, t->scan.at, t->scan.body_len)) {
		c->keep = t->scan.keep;
		buffer_consume(&t->in, t->scan.at);
	} else {
		in = (struct door_input){
			.too_large = too_large,
			.flooded = flooded,
			.malformed = !unread,
		};
		in.arena = arena_new();
		in.params = no_params;
		c->keep = false;
		t->in.len = 0;
	}
	t->scan = (struct record_scan){ 0 };
	deadline_clear(&t->deadline);
	end_if_quiet(c);
	if (c->crowded) {
		in.crowded = true;
		c->keep = false;
	}
	c->busy = true;
	busy_count++;
	begin_request(c, &in);
}

/* More than 64 KiB of a body have come: may it be that large? What is too much at
 * the moment is read to its end and thrown away: nginx takes an answer only then. */
static bool
goes_on_as_upload(struct door_connection *c)
{
	struct record_scan *scan = &c->now->scan;

	if (scan->upload)
		return false;
	c->upload = door_upload_begin(c->now->in.data, scan->at);
	scan->upload = c->upload != DOOR_UPLOAD_NONE;
	return scan->upload;
}

static enum record_verdict
scan(struct door_connection *c)
{
	struct traffic *t = c->now;
	enum record_verdict verdict = record_scan(&t->scan, t->in.data, t->in.len);

	if (verdict == RECORD_TOO_LARGE && goes_on_as_upload(c))
		verdict = record_scan(&t->scan, t->in.data, t->in.len);
	if (c->upload == DOOR_UPLOAD_FLOODED && verdict == RECORD_MORE) {
		buffer_consume(&t->in, t->scan.at);
		t->scan.at = 0;
	}
	return verdict;
}

/* Understands what has come so far. */
static void
take(struct door_connection *c)
{
	if (c->busy || c->now->out.len > 0) {
		if (!goes_on(c, 0))
			hang_up(c);
		return;
	}

	enum record_verdict verdict = scan(c);

	if (verdict == RECORD_WHOLE || verdict == RECORD_TOO_LARGE)
		deliver(c, verdict == RECORD_TOO_LARGE);
	else if (verdict != RECORD_MORE)
		refuse(c, verdict);
	else if (c->now->deadline.next == NULL)
		deadline_set(&c->now->deadline, PIECES_MS, on_deadline);
}

static void
on_io(struct ev_loop *l, struct ev_io *w, int events)
{
	(void)l;
	struct door_connection *c = container_of(w, struct door_connection, io);

	if (events & EV_WRITE && !flush(c))
		return;
	if (!(events & EV_READ))
		return;

	/* One buffer for all: what isn't whole yet is kept by its connection. */
	static char bytes[READ_SIZE];
	ssize_t n = recv(c->io.fd, bytes, sizeof bytes, 0);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(c);
		return;
	}
	buffer_append(&begin_traffic(c)->in, bytes, (size_t)n);
	take(c);
}

static void
watch(struct door_connection *c)
{
	int events = EV_READ | (c->now->out.len > 0 ? EV_WRITE : 0);

	if (ev_is_active(&c->io) && (c->io.events & (EV_READ | EV_WRITE)) == events)
		return;
	ev_io_stop(loop_ev(), &c->io);
	ev_io_set(&c->io, c->io.fd, events);
	ev_io_start(loop_ev(), &c->io);
}

/* Takes no connection for a moment: the other workers may. */
static void
pause_accepting(double seconds)
{
	ev_io_stop(loop_ev(), &listener);
	ev_timer_set(&accept_pause, seconds, 0.);
	ev_timer_start(loop_ev(), &accept_pause);
}

static void
on_accept_pause(struct ev_loop *l, struct ev_timer *w, int events)
{
	(void)w, (void)events;
	if (!closing)
		ev_io_start(l, &listener);
}

static void
add_connection(int fd, bool crowded)
{
	struct door_connection *c = xzalloc(sizeof *c);

	c->now = &nothing;
	c->at = &connections;
	c->next = connections;
	if (c->next != NULL)
		c->next->at = &c->next;
	connections = c;
	c->crowded = crowded;
	crowded_count += crowded;
	ev_io_init(&c->io, on_io, fd, EV_READ);
	ev_io_start(loop_ev(), &c->io);
	metrics_add(METRIC_CONNECTIONS, 1);
}

/* One connection a turn: the other workers at the same socket get their share. */
static void
on_accept(struct ev_loop *l, struct ev_io *w, int events)
{
	(void)l, (void)events;
	static bool complained;

	if (crowded_count >= RESERVE / 2) {
		pause_accepting(CROWDED_S);
		return;
	}

	int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	bool crowded = fd >= 0 && socket_is_among_last(fd, RESERVE);

	if (fd < 0 && errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
		return;
	if ((fd < 0 || crowded) && !complained)
		log_error(NULL, "hardly a descriptor is left", "error=%s try=%s",
		    LOG_QUOTED(fd < 0 ? strerror(errno) : "requests are refused"),
		    LOG_QUOTED("raise LimitNOFILE"));
	complained = fd < 0 || crowded;
	if (complained)
		pause_accepting(fd < 0 ? FULL_S : CROWDED_S);
	if (fd >= 0)
		add_connection(fd, crowded);
}

bool
door_open(const char *path, door_begin_fn *begin, char *error, size_t error_size)
{
	int fd = socket_open(path, error, error_size);

	if (fd < 0)
		return false;
	(void)signal(SIGPIPE, SIG_IGN);
	begin_request = begin;
	ev_init(&accept_pause, on_accept_pause);
	ev_io_init(&listener, on_accept, fd, EV_READ);
	ev_io_start(loop_ev(), &listener);
	return true;
}

void
door_close(void)
{
	closing = true;
	ev_io_stop(loop_ev(), &listener);
}

void
door_end_idle(void)
{
	for (struct door_connection *c = connections, *next; c != NULL; c = next) {
		char byte;

		next = c->next;
		if (!c->busy && c->now->out.len == 0 && c->now->in.len == 0 &&
		    recv(c->io.fd, &byte, 1, MSG_PEEK) <= 0)
			connection_free(c);
	}
}

bool
door_is_empty(void)
{
	return connections == NULL;
}

size_t
door_busy(void)
{
	return busy_count;
}
