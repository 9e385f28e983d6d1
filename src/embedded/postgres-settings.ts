/**
 * The settings of the PostgreSQL that comes along, written anew at every start so that a newer release can change them.
 * Small: it serves one process on a bare machine.
 */
export function settingsFile(port: number, { durable }: { durable: boolean }): string {
  return `# Written at every start; changes here are lost.
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = ${durable ? 60 : 300}
shared_buffers = 64MB
max_wal_size = 256MB
# One worker process fewer each; the data fits into memory.
io_method = sync
max_logical_replication_workers = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'

# A consent that was confirmed to a caller must survive a power cut.
synchronous_commit = on
fsync = ${durable ? 'on' : 'off'}
full_page_writes = ${durable ? 'on' : 'off'}

# No personal data in the log: no statements, no parameters, no details ("Key (name)=(…) already exists"), and of
# messages only those about the server itself; ERROR ranks below LOG here.
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = none
log_min_duration_statement = -1
log_checkpoints = off
log_autovacuum_min_duration = -1
`;
}
