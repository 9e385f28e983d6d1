/** A temporary copy of the tree, in which faults are planted one by one; the tree itself is never touched. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { type Change, type Fault, isEdit, isRedefinition, type Redefinition, replaceOnce } from './fault.ts';

const LEFT_OUT = new Set(['node_modules', '.git', '.tap', 'data', 'secrets']);
const MIGRATIONS = 'prisma/migrations';
/** After every other. */
const LAST_MIGRATION = '99991231000000_fault';

export interface Copy {
  readonly root: string;
  readonly migrations: string;
  /** Gives what takes the fault out again. */
  plant(fault: Fault): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

export async function copyOf(tree: string): Promise<Copy> {
  const root = await mkdtemp(join(tmpdir(), 'laufzettel-faults-'));
  const isWanted = (path: string): boolean => !LEFT_OUT.has(relative(tree, path).split(sep)[0]!);
  await cp(tree, root, { recursive: true, filter: isWanted });
  await symlink(join(tree, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    migrations: join(root, MIGRATIONS),
    async plant({ changes }) {
      const before = new Map<string, string>();
      const sql: string[] = [];
      for (const change of changes) {
        if (!isEdit(change)) {
          sql.push(await migrationOf(root, change));
          continue;
        }
        const path = join(root, change.file);
        const text = await readFile(path, 'utf8');
        if (!before.has(path)) before.set(path, text);
        await writeFile(path, replaceOnce(text, change.find, change.replace, change.file));
      }
      const migration = join(root, MIGRATIONS, LAST_MIGRATION);
      if (sql.length > 0) {
        await mkdir(migration);
        await writeFile(join(migration, 'migration.sql'), sql.join('\n'));
      }
      return async () => {
        for (const [path, text] of before) await writeFile(path, text);
        await rm(migration, { recursive: true, force: true });
      };
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function migrationOf(root: string, change: Exclude<Change, { file: string }>): Promise<string> {
  if (!isRedefinition(change)) return change.sql;
  const text = await definitionOf(root, change);
  const broken = replaceOnce(text, change.find, change.replace, change.sqlFunction);
  return broken.replace(/^CREATE (OR REPLACE )?FUNCTION/, 'CREATE OR REPLACE FUNCTION');
}

/** The function as it holds: where it stands in several migrations, the last one. */
async function definitionOf(root: string, { sqlFunction }: Redefinition): Promise<string> {
  const name = sqlFunction.replaceAll('.', '\\.');
  const definition = new RegExp(`^CREATE (?:OR REPLACE )?FUNCTION ${name}\\([\\s\\S]*?\\$\\$[\\s\\S]*?\\$\\$;`, 'gm');
  const directory = join(root, MIGRATIONS);
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  let last: string | undefined;
  for (const { name: migration } of names.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const text = await readFile(join(directory, migration, 'migration.sql'), 'utf8');
    last = text.match(definition)?.at(-1) ?? last;
  }
  if (last === undefined) throw new Error(`no migration defines ${sqlFunction}`);
  return last;
}
