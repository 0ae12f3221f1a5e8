"""Configuration files of the peers, for str.format()."""

PGBOUNCER = """
[databases]
* = host=127.0.0.1 port={node_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = {mode}
default_pool_size = {pool}
max_client_conn = 12000
client_tls_sslmode = allow
client_tls_cert_file = {cert}
client_tls_key_file = {key}
ignore_startup_parameters = extra_float_digits
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""

# Reads go to the replicas alone, as they do with Weir.
PGPOOL_NODE = """
backend_hostname{number} = '127.0.0.1'
backend_port{number} = {port}
backend_weight{number} = {weight}
backend_flag{number} = 'DISALLOW_TO_FAILOVER'
"""

PGPOOL = """
backend_clustering_mode = 'streaming_replication'
listen_addresses = '127.0.0.1'
port = {port}
pcp_port = {pcp_port}
unix_socket_directories = '{folder}'
pcp_socket_dir = '{folder}'
work_dir = '{folder}'
pid_file_name = '{folder}/pgpool.pid'
logdir = '{folder}'
memory_cache_enabled = off
{nodes}
enable_pool_hba = on
pool_passwd = '{folder}/pool_passwd'
num_init_children = 80
max_pool = 1
load_balance_mode = on
disable_load_balance_on_write = 'transaction'
sr_check_period = 10
sr_check_user = 'weir'
sr_check_password = 'weir'
sr_check_database = 'postgres'
health_check_period = 0
log_min_messages = error
"""

HAPROXY = """
global
    nbthread 1
    maxconn 4000
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
frontend front
    bind 127.0.0.1:{port}
    default_backend nodes
backend nodes
    server primary 127.0.0.1:{node_port}
"""
