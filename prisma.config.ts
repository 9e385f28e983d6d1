import { defineConfig } from 'prisma/config';

// For "prisma generate" and editors. Migrations are applied by the service itself (src/persistence/migrate.ts), which
// needs no native engine; the client takes its connection from the adapter, so no URL stands here.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
