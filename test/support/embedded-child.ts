/** A service's part with the database, as a process of its own that a test can kill: node embedded-child.ts DATA_DIR. */
import { OperatorError } from '../../src/domain/operator-error.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';

try {
  const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2]!, log: { info() {}, warn() {} } });
  const { superUrl, port, reused } = postgres;
  console.log(JSON.stringify({ superUrl, port, reused }));
  process.stdin.resume().on('end', async () => {
    await postgres.stop();
    process.exit(0);
  });
} catch (error) {
  console.log(
    JSON.stringify(
      error instanceof OperatorError ? { code: error.code, message: error.message } : { stack: String(error) },
    ),
  );
  process.exit(1);
}
