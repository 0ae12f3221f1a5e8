"""HAProxy's configuration: an even load, by the fewest connections, for those who answer /healthz."""

HEAD = """global
    maxconn 4096
    nbthread 1
defaults
    mode http
    balance leastconn
    option httpchk GET /healthz
    option redispatch
    retries 2
    timeout connect 3s
    timeout client 75s
    timeout server 75s
    timeout http-keep-alive 60s
    default-server inter 500ms fall 2 rise 1
"""


def configuration(doors):
    """doors: {name: (port, [ports of those behind it])}."""
    parts = [HEAD]
    for name, (port, behind) in doors.items():
        servers = "".join(f"    server {name}{number} 127.0.0.1:{each} check\n" for number, each in enumerate(behind, 1))
        parts.append(f"listen {name}\n    bind 127.0.0.1:{port}\n"
                     "    http-request deny deny_status 404 if { path /metrics }\n"  # not for visitors
                     f"    http-response set-header X-Served-By %s\n{servers}")
    return "\n".join(parts)
