/* slowlink.c: what `tc netem` does, for kernels without it: a queue of netfilter whose packets are let
 * go after a delay, or never.
 *
 *     slowlink QUEUE DELAY_MS JITTER_MS LOSS_PERCENT
 *
 * Ends when it is told to; what waits then is dropped, and sent again by TCP. The rule that sends packets
 * into the queue says "bypass", so nothing stops when nobody listens. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAITING_MAX = 65536 };

struct waiting {
	uint32_t id;
	int64_t due_ms;
};

static struct waiting waiting[WAITING_MAX];
static size_t waiting_count;
static int link_fd;
static uint16_t queue;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A message for the kernel: one attribute. */
static void
tell(int type, int attribute, const void *value, size_t size)
{
	struct {
		struct nlmsghdr head;
		struct nfgenmsg gen;
		struct nlattr attribute;
		char value[16];
	} m;

	memset(&m, 0, sizeof m);
	m.head.nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof m.gen) + NLA_ALIGN(NLA_HDRLEN + size));
	m.head.nlmsg_type = (uint16_t)(NFNL_SUBSYS_QUEUE << 8 | type);
	m.head.nlmsg_flags = NLM_F_REQUEST;
	m.gen.version = NFNETLINK_V0;
	m.gen.res_id = htons(queue);
	m.attribute.nla_len = (uint16_t)(NLA_HDRLEN + size);
	m.attribute.nla_type = (uint16_t)attribute;
	memcpy(m.value, value, size);
	if (send(link_fd, &m, m.head.nlmsg_len, 0) < 0)
		die("send");
}

static void
judge(uint32_t id, uint32_t verdict)
{
	struct nfqnl_msg_verdict_hdr v = { htonl(verdict), htonl(id) };

	tell(NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, &v, sizeof v);
}

static void
bind_queue(void)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	struct nfqnl_msg_config_cmd bind_it = { NFQNL_CFG_CMD_BIND, 0, htons(AF_INET) };
	struct nfqnl_msg_config_params meta = { 0, NFQNL_COPY_META };
	uint32_t longest = htonl(WAITING_MAX);

	link_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (link_fd < 0 || bind(link_fd, (struct sockaddr *)&me, sizeof me) < 0)
		die("netlink");
	tell(NFQNL_MSG_CONFIG, NFQA_CFG_CMD, &bind_it, sizeof bind_it);
	tell(NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS, &meta, sizeof meta);
	tell(NFQNL_MSG_CONFIG, NFQA_CFG_QUEUE_MAXLEN, &longest, sizeof longest);
}

/* The id of the packet that a message of the kernel tells of; false: it tells of none. */
static int
find_packet(const struct nlmsghdr *head, uint32_t *id)
{
	const char *at = (const char *)NLMSG_DATA(head) + NLMSG_ALIGN(sizeof(struct nfgenmsg));
	const char *end = (const char *)head + head->nlmsg_len;

	if (head->nlmsg_type == NLMSG_ERROR) {
		errno = -((const struct nlmsgerr *)NLMSG_DATA(head))->error;
		if (errno != 0)
			die("the kernel refuses");
		return 0;
	}
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *a = (const void *)at;

		if ((a->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
			*id = ntohl(
			    ((const struct nfqnl_msg_packet_hdr *)(const void *)(at + NLA_HDRLEN))
				->packet_id);
			return 1;
		}
		at += NLA_ALIGN(a->nla_len);
	}
	return 0;
}

static void
take(int delay_ms, int jitter_ms, int loss_percent)
{
	static char buffer[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t size = recv(link_fd, buffer, sizeof buffer, 0);
	uint32_t id;

	if (size < 0)
		return; /* too many at once (ENOBUFS): those are lost */
	for (struct nlmsghdr *head = (void *)buffer; NLMSG_OK(head, size);
	     head = NLMSG_NEXT(head, size)) {
		if (!find_packet(head, &id))
			continue;
		if (waiting_count == WAITING_MAX || rand() % 100 < loss_percent)
			judge(id, NF_DROP);
		else
			waiting[waiting_count++] = (struct waiting){ id,
				now_ms() + delay_ms - jitter_ms + rand() % (2 * jitter_ms + 1) };
	}
}

/* Lets go what is due, and tells how long the next one waits. */
static int
let_go(void)
{
	int64_t now = now_ms(), next = now + 1000;
	size_t kept = 0;

	for (size_t i = 0; i < waiting_count; i++) {
		if (waiting[i].due_ms <= now) {
			judge(waiting[i].id, NF_ACCEPT);
			continue;
		}
		if (waiting[i].due_ms < next)
			next = waiting[i].due_ms;
		waiting[kept++] = waiting[i];
	}
	waiting_count = kept;
	return (int)(next - now);
}

int
main(int argc, char **argv)
{
	struct pollfd fd = { .events = POLLIN };

	if (argc != 5) {
		(void)fprintf(stderr, "usage: slowlink QUEUE DELAY_MS JITTER_MS LOSS_PERCENT\n");
		return 2;
	}
	queue = (uint16_t)atoi(argv[1]);
	srand((unsigned)getpid());
	bind_queue();
	fd.fd = link_fd;
	for (;;) {
		if (poll(&fd, 1, let_go()) > 0)
			take(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	}
}
