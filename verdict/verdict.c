/*
 * verdict: what becomes of a client that has to be silent. See verdict.h.
 */
#include "verdict.h"

#include <stdio.h>
#include <string.h>

#include "log.h"

const char *const action_names[ACTIONS] = { "reject", "rblsmtpd", "log" };

static int64_t
class_hold(struct settings *s, const char *name, int64_t unset_ms)
{
	return setting_filled(s, name) == NULL ? unset_ms :
	    setting_seconds(s, name, unset_ms, 0, HOLD_MAX_MS);
}

static const char *
read_teaser(struct settings *s)
{
	const char *text = setting_get(s, "ETD_TEASER");
	size_t len = 0;

	if (text == NULL)
		return NULL;
	while (text[len] >= ' ' && text[len] <= '~')
		len++;
	if (text[len] == '\0' && len + strlen("220-\r\n") < TEASER_MAX)
		return text;
	setting_bad(s, "ETD_TEASER=%s: not one line of printable ASCII", text);
	return NULL;
}

void
verdict_read_answer(struct verdict_settings *v, struct settings *s)
{
	v->action = (enum action)setting_word(s, "ETD_ACTION", action_names, ACTIONS,
	    "not reject, rblsmtpd or log");
	v->reply = refusal_read(s);
}

void
verdict_read(struct verdict_settings *v, struct settings *s)
{
	int64_t unset;

	unset = v->hold_ms[CLASS_NAMED] = setting_seconds(s, "ETD_DELAY", 6000, 0, HOLD_MAX_MS);
	v->hold_ms[CLASS_DYNAMIC] = class_hold(s, "ETD_DELAY_DYNAMIC", unset);
	v->hold_ms[CLASS_NORDNS] = class_hold(s, "ETD_DELAY_NORDNS", unset);
	v->dynamic = setting_get(s, "ETD_DYNAMIC");
	verdict_read_answer(v, s);
	v->teaser = read_teaser(s);
	/* rblsmtpd will refuse it already: why hold a socket open for that? */
	v->exempt = setting_get(s, "RELAYCLIENT") != NULL ||
	    (v->action == ACTION_RBLSMTPD && setting_filled(s, "RBLSMTPD") != NULL);
}

void
verdict_check_dynamic(const struct verdict_settings *v, struct settings *s)
{
	struct class_pattern pattern;
	char why[REASON_MAX];

	if (v->dynamic == NULL)
		return;
	class_pattern(&pattern, v->dynamic);
	if (!class_check(&pattern, why))
		setting_bad(s, "%s", why);
	class_free(&pattern);
}

int64_t
verdict_hold(const struct verdict_settings *v, enum class class)
{
	return v->exempt ? 0 : v->hold_ms[class];
}

size_t
verdict_teaser(const struct verdict_settings *v, char line[TEASER_MAX + 1])
{
	if (v->teaser == NULL || *v->teaser == '\0')
		return 0;
	return (size_t)snprintf(line, TEASER_MAX + 1, "220-%s\r\n", v->teaser);
}

const char *const verdict_names[] = { "pass", "early", "exempt", "hangup", "known", "listed" };

void
verdict_log(const struct outcome *o, const struct client *client)
{
	enum log_level level = o->verdict == VERDICT_EARLY ? LOG_PROBLEM : LOG_ALL;
	struct logfmt l;

	if (!log_wants(level))
		return;
	/* etd-report and fail2ban's filter find these by their place, and text by being last. */
	log_begin(&l, verdict_names[o->verdict]);
	client_log(&l, client);
	logfmt_text(&l, "host", client->host);
	logfmt_text(&l, "class", o->class);
	if (o->step != NULL)
		logfmt_text(&l, "step", o->step);
	logfmt_seconds(&l, "waited", o->waited_ms);
	if (o->verdict == VERDICT_EARLY) {
		logfmt_number(&l, "bytes", o->words.bytes);
		logfmt_text(&l, "kind", talk_kind(&o->words));
		logfmt_bytes(&l, "text", o->words.text, o->words.len);
	}
	log_end(&l, level);
}
