/* test_metrics.c: the page that Prometheus reads. */
#include "unit.h"

#include <unistd.h>

#include "metrics.h"

/* Takes the label that names this process out of a line, which must have it. */
static void
take_worker(char *line)
{
	char label[40], *at;
	size_t len = (size_t)snprintf(label, sizeof label, "{worker=\"%ld\"", (long)getpid());

	at = strstr(line, label);
	if (at == NULL || at > strchr(line, '\n')) {
		fail_msg("no worker is named in <%.*s>", (int)strcspn(line, "\n"), line);
		return;
	}
	if (at[len] == '}')
		memmove(at, at + len + 1, strlen(at + len + 1) + 1);
	else
		memmove(at + 1, at + len + 1, strlen(at + len + 1) + 1);
}

/* The page, each of whose values is this process's; the caller frees it. */
static char *
page(void)
{
	struct buffer out = { 0 };
	char *line;

	metrics_write(&out);
	buffer_append(&out, "", 1);
	for (line = out.data; *line != '\0'; line = strchr(line, '\n') + 1)
		if (*line != '#')
			take_worker(line);
	return out.data;
}

static void
has(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("the page has no <%s>", line);
}

static void
test_counters_and_gauges(void **state)
{
	char *text;

	(void)state;
	metrics_add(METRIC_PUSHES, 1);
	metrics_add(METRIC_PUSHES, 2);
	metrics_set(METRIC_PARKED, 7);
	metrics_add(METRIC_PARKED, -3);
	text = page();
	has(text, "# HELP magpie_pushes_total Events");
	has(text, "\n# TYPE magpie_pushes_total counter\nmagpie_pushes_total 3\n");
	has(text, "\n# TYPE magpie_parked_polls gauge\nmagpie_parked_polls 4\n");
	has(text, "\nmagpie_swept_total 0\n");
	free(text);
}

static void
test_histograms(void **state)
{
	char *text;

	(void)state;
	metrics_observe(HISTOGRAM_BATCH_SIZE, 1);
	metrics_observe(HISTOGRAM_BATCH_SIZE, 3);
	metrics_observe(HISTOGRAM_BATCH_SIZE, 1000);
	text = page();
	has(text,
	    "\n# TYPE magpie_send_batch_size histogram\n"
	    "magpie_send_batch_size_bucket{le=\"1\"} 1\n"
	    "magpie_send_batch_size_bucket{le=\"2\"} 1\n"
	    "magpie_send_batch_size_bucket{le=\"4\"} 2\n");
	has(text,
	    "magpie_send_batch_size_bucket{le=\"128\"} 2\n"
	    "magpie_send_batch_size_bucket{le=\"+Inf\"} 3\n"
	    "magpie_send_batch_size_sum 1004\n"
	    "magpie_send_batch_size_count 3\n");
	has(text, "\nmagpie_db_seconds_bucket{le=\"0.0005\"} 0\n");
	free(text);
}

static void
test_requests(void **state)
{
	static const char route[] = "POST /api/send", other[] = "GET /api/me";
	char *text;
	int status;

	(void)state;
	metrics_request(route, 201, 0.002);
	metrics_request(other, 200, 20);
	metrics_request(route, 403, 0.0001);
	metrics_request(route, 201, 0.002);
	text = page();
	has(text, "\nmagpie_requests_total{route=\"POST /api/send\",status=\"201\"} 2\n");
	has(text, "\nmagpie_requests_total{route=\"POST /api/send\",status=\"403\"} 1\n");
	has(text, "\nmagpie_requests_total{route=\"GET /api/me\",status=\"200\"} 1\n");
	has(text, "\nmagpie_request_seconds_bucket{route=\"POST /api/send\",le=\"0.0005\"} 1\n");
	has(text, "\nmagpie_request_seconds_bucket{route=\"POST /api/send\",le=\"0.0025\"} 3\n");
	has(text, "\nmagpie_request_seconds_bucket{route=\"GET /api/me\",le=\"10\"} 0\n");
	has(text, "\nmagpie_request_seconds_bucket{route=\"GET /api/me\",le=\"+Inf\"} 1\n");
	has(text, "\nmagpie_request_seconds_sum{route=\"POST /api/send\"} 0.0041\n");
	has(text, "\nmagpie_request_seconds_count{route=\"POST /api/send\"} 3\n");
	free(text);
	for (status = 100; status < 600; status++) /* more than there is room for */
		metrics_request(route, status, 0.001);
	text = page();
	has(text, "\nmagpie_request_seconds_count{route=\"POST /api/send\"} 503\n");
	free(text);
}

/* A route's name may stand at more than one address. */
static void
test_equal_names_are_one_route(void **state)
{
	static const char here[] = "GET /api/receive", there[] = "GET /api/receive";
	char *text, *line;

	(void)state;
	metrics_request(here, 200, 0.001);
	metrics_request(there, 200, 0.001);
	text = page();
	line =
	    strstr(text, "\nmagpie_requests_total{route=\"GET /api/receive\",status=\"200\"} 2\n");
	assert_non_null(line);
	assert_null(strstr(line + 1, "\nmagpie_requests_total{route=\"GET /api/receive\""));
	has(text, "\nmagpie_request_seconds_count{route=\"GET /api/receive\"} 2\n");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counters_and_gauges),
		cmocka_unit_test(test_histograms),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_equal_names_are_one_route),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
