/** What PostgreSQL does for a statement, with those within functions. */
import type { Client } from 'pg';

/** Statements that took less say nothing; milliseconds. */
const TOLD_FROM_MS = 0.05;

/** @param owner a superuser's connection: auto_explain is loaded into it. */
export async function plansOf(owner: Client, statement: string, parameters: unknown[]): Promise<string> {
  // As the service's own connections have it; and not the first time that this one sees the statement.
  await owner.query('SET plan_cache_mode = force_generic_plan');
  await owner.query(statement, parameters);
  const told: string[] = [];
  const listen = (notice: { message?: string | undefined }): void => {
    told.push(notice.message ?? '');
  };
  await owner.query("LOAD 'auto_explain'");
  for (const [name, value] of Object.entries(SETTINGS)) await owner.query(`SET auto_explain.${name} = ${value}`);
  owner.on('notice', listen);
  try {
    await owner.query(statement, parameters);
  } finally {
    owner.off('notice', listen);
    await owner.query('SET auto_explain.log_min_duration = -1');
  }
  return told.flatMap((message) => withoutText(message) ?? []).join('\n\n');
}

const SETTINGS: Record<string, string> = {
  log_level: "'notice'",
  log_nested_statements: 'on',
  log_analyze: 'on',
  log_buffers: 'on',
  log_timing: 'off',
  log_min_duration: '0',
};

/** The plan without the text of the statement, which stands in the migrations; null: of one that took no time. */
function withoutText(message: string): string | null {
  const lines = message.split('\n');
  const first = lines.findIndex((line) => /\(cost=/.test(line));
  const begin =
    lines
      .find((line) => line.trim().startsWith('Query Text:'))
      ?.trim()
      .slice(0, 120) ?? '';
  const duration = Number(/duration: ([\d.]+) ms/.exec(message)?.[1] ?? 0);
  if (duration < TOLD_FROM_MS) return null;
  return [`${lines[0]} ${begin}`, ...lines.slice(first)].join('\n');
}
