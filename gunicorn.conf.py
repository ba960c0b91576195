"""How gunicorn runs the registry; `gunicorn wsgi:app` in this folder reads it by itself.

An option on the command line wins over what is written here (`--bind`, `--workers`, …).
Put a proxy that buffers request bodies in front: a thread waits as long as a body is slow.
"""

import gc
import logging
import os
import shutil
import sys
import tempfile
import traceback

from gunicorn.glogging import Logger

bind = "127.0.0.1:8000"
proc_name = "registry"

# Setting `workers` hides gunicorn's own reading of WEB_CONCURRENCY, hence read it here.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "registry.rounds.RoundsWorker"  # checks in rounds, everything else as gthread
threads = 16
# Each worker opens its own database connections; a pool made before the fork would be shared.
preload_app = False
# The heartbeat file: on a disk that hangs it would make the master kill healthy workers.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # nosec B108

timeout = 60
graceful_timeout = 30
# Longer than the idle time of the proxy in front, so that the proxy is the one to hang up.
keepalive = 75

limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# The application writes its own access log, structured and free of personal data.
accesslog = None
errorlog = "-"
loglevel = "info"

# gunicorn opens a control socket unless told not to.
control_socket_disable = True


def _chain(error):
    """The error and what caused it, outermost first."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class _WithoutContent(logging.Filter):
    """Takes what a client sent out of gunicorn's own log.

    gunicorn quotes the malformed line or header, the URL of a failed request, and error messages
    (a database error quotes its parameters). Any of these may hold a name, a number or a card.
    What remains: the kind of error and the places in the code.
    """

    def filter(self, record):
        if str(record.msg).startswith("Invalid request from"):
            kind = sys.exc_info()[0]
            record.msg, record.args = f"Refused a malformed request: {getattr(kind, '__name__', '?')}", ()
        elif str(record.msg).startswith("Error handling request"):
            record.msg, record.args = "A request failed outside the application's own error handling", ()
        elif isinstance(record.args, tuple):
            record.args = tuple(type(a).__name__ if isinstance(a, BaseException) else a for a in record.args)
        if record.exc_info and record.exc_info[1] is not None:
            lines = []
            for error in _chain(record.exc_info[1]):
                lines += [type(error).__qualname__, *traceback.format_tb(error.__traceback__)]
            record.msg, record.args = record.getMessage() + "\n" + "\n".join(x.rstrip() for x in lines), ()
            record.exc_info = record.exc_text = None
        return True


class logger_class(Logger):
    """gunicorn's logger, without content of requests."""

    def setup(self, cfg):
        super().setup(cfg)
        for old in [f for f in self.error_log.filters if type(f).__name__ == _WithoutContent.__name__]:
            self.error_log.removeFilter(old)
        self.error_log.addFilter(_WithoutContent())


def pre_request(worker, req):
    """Replaces gunicorn's own, which writes method and path at level debug."""


def on_starting(server):
    """Workers add up their metrics through files; a left-over file would count a dead process's requests."""
    # In memory where that is possible: a full disk must not take the workers' counters away from them.
    server.metrics_dir = tempfile.mkdtemp(prefix="registry-metrics-", dir=worker_tmp_dir)
    os.chown(server.metrics_dir, server.cfg.uid, server.cfg.gid)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = server.metrics_dir
    # Once for all workers, so that one which died is back in a moment. It opens no connection, and after the
    # variable above: prometheus_client decides at import how it counts.
    import registry.app  # noqa: F401, PLC0415


def post_worker_init(worker):
    """What is loaded now stays for ever: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    # Imported here, as in `on_starting`. Another application may be served with these settings too.
    from registry import beside  # noqa: PLC0415

    services = getattr(worker.wsgi, "extensions", {}).get("registry")
    if services is not None:
        beside.start(services.config)


def child_exit(server, worker):
    """Take the gauges of a worker that is gone out of the sums."""
    # Imported here: prometheus_client decides at import, by the variable set above, how it counts.
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(worker.pid)


def on_exit(server):
    """Runs in the master, when all workers are gone."""
    shutil.rmtree(getattr(server, "metrics_dir", ""), ignore_errors=True)
