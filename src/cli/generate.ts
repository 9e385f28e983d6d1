/** node src/cli/generate.ts [--if-needed]: Prisma's client from prisma/schema.prisma. */
import { OperatorError } from '../domain/operator-error.ts';
import { ensurePrismaClient, generatePrismaClient } from '../persistence/prisma-client.ts';

try {
  if (process.argv.includes('--if-needed')) await ensurePrismaClient();
  else await generatePrismaClient();
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error);
  process.exitCode = 1;
}
