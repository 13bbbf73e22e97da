/*
 * wire: see wire.h.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <unistd.h>

int
wire_open(struct wire *w, const struct sockaddr_storage *server, uint32_t from, int buffer)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(from) };
	int v4 = server->ss_family == AF_INET, yes = 1;

	*w = (struct wire){ .fd = socket(server->ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0) };
	if (w->fd == -1)
		err(111, "socket");
	setsockopt(w->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
	setsockopt(w->fd, SOL_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (buffer != 0)
		setsockopt(w->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	if (v4 && from != 0 && bind(w->fd, (struct sockaddr *)&address, sizeof address) == -1)
		err(111, "bind");
	return connect(w->fd, (struct sockaddr *)server, v4 ? sizeof address : sizeof(struct sockaddr_in6)) == 0 ||
	    errno == EINPROGRESS;
}

static int
would_block(struct wire *w, int result)
{
	int why = SSL_get_error(w->tls, result);

	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

ssize_t
wire_read(struct wire *w, void *bytes, size_t len)
{
	int n;

	if (w->tls == NULL)
		return read(w->fd, bytes, len);
	ERR_clear_error();
	n = SSL_read(w->tls, bytes, (int)len);
	if (n > 0)
		return n;
	errno = EAGAIN;
	return would_block(w, n) ? -1 : 0;
}

ssize_t
wire_write(struct wire *w, const void *bytes, size_t len)
{
	int n;

	if (w->tls == NULL)
		return send(w->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	ERR_clear_error();
	n = SSL_write(w->tls, bytes, (int)len);
	if (n > 0)
		return n;
	errno = would_block(w, n) ? EAGAIN : EPIPE;
	return -1;
}

void
wire_start_tls(struct wire *w)
{
	static SSL_CTX *context;

	if (context == NULL) {
		context = SSL_CTX_new(TLS_client_method());
		if (context == NULL)
			errx(111, "no TLS");
		SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE);
	}
	w->tls = SSL_new(context);
	if (w->tls == NULL || !SSL_set_fd(w->tls, w->fd))
		errx(111, "no memory for TLS");
	SSL_set_connect_state(w->tls);
}

int
wire_shake_hands(struct wire *w)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(w->tls);
	if (result == 1)
		return 1;
	return would_block(w, result) ? 0 : -1;
}

void
wire_close(struct wire *w)
{
	SSL_free(w->tls);
	close(w->fd);
	w->tls = NULL;
	w->fd = -1;
}
