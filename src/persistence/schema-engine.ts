import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { Pool, type QueryResult, types } from 'pg';

type EngineModule = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: object): void };

/** TypeScript declares WebAssembly in its library for browsers only. */
interface WebAssemblyHost {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyHost };

let loaded: Promise<EngineModule> | undefined;

/**
 * Prisma's schema engine as WebAssembly: the native one is downloaded by an install script, which a machine without
 * foreign network cannot do. The package is made for bundlers, so its parts are put together here.
 */
async function loadEngine(): Promise<EngineModule> {
  const { resolve } = createRequire(import.meta.url);
  const directory = dirname(resolve('@prisma/schema-engine-wasm'));
  const module: EngineModule = await import(pathToFileURL(join(directory, 'schema_engine_bg.js')).href);
  // Where the engine leaves its last words; without it a panic hides behind a TypeError.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`Prisma's schema engine gave up: ${message}`);
      },
    },
  });
  const bytes = await readFile(join(directory, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': withQuietTimers(module) });
  module.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return module;
}

/** The engine never clears its ten-second timeout for locks, which would keep a finished process alive that long. */
function withQuietTimers(module: EngineModule): object {
  const quiet = (callback: () => void, delayMs: number) => setTimeout(callback, delayMs >>> 0).unref();
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [name, name.startsWith('__wbg_setTimeout_') ? quiet : value]),
  );
}

export interface EngineOptions {
  readonly url: string;
  /** Changes each script before it is sent to the database. */
  readonly rewriteScript?: (script: string) => string;
  /** The engine keeps PostgreSQL's error to itself; whoever wants to explain it takes it here. */
  readonly onScriptError?: (error: unknown) => void;
}

/** Opens the engine on one connection, so that its session locks hold, and closes both afterwards. */
export async function withSchemaEngine<T>(
  options: EngineOptions,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= loadEngine();
  const { SchemaEngine } = await loaded;
  const pool = new CatalogPool({ connectionString: options.url, max: 1, application_name: 'laufzettel-migrate' });
  pool.on('error', () => {});
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(new ScriptwisePrismaPg(pool, options));
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * The adapter's own executeScript splits at every semicolon, which breaks functions and DO blocks. One simple query runs
 * a whole script, and as one transaction: a migration happens or it does not.
 */
class ScriptwisePrismaPg extends PrismaPg {
  readonly #pool: CatalogPool;
  readonly #rewriteScript: (script: string) => string;
  readonly #onScriptError: (error: unknown) => void;

  constructor(
    pool: CatalogPool,
    { rewriteScript = (script) => script, onScriptError = () => {} }: Partial<EngineOptions>,
  ) {
    super(pool);
    this.#pool = pool;
    this.#rewriteScript = rewriteScript;
    this.#onScriptError = onScriptError;
  }

  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter
        .underlyingDriver()
        .query(this.#rewriteScript(script))
        .catch((error: unknown) => {
          this.#onScriptError(error);
          throw error;
        });
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      this.#pool.characterColumns = [];
      const result = await queryRaw(query);
      for (const column of this.#pool.characterColumns) result.columnTypes[column] = ColumnTypeEnum.Character;
      return result;
    };
    return adapter;
  }
}

/**
 * PostgreSQL's catalogue has columns of its internal type "char", which the engine asks for as such and the adapter does
 * not know. It gets to see ordinary text here, and the engine is told the real type above. One query at a time.
 */
class CatalogPool extends Pool {
  characterColumns: number[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: pg has seven overloads, and all of them are passed on as they are.
  override async query(...args: any[]): Promise<any> {
    const result = await (super.query as (...args: unknown[]) => Promise<QueryResult>)(...args);
    this.characterColumns = [];
    for (const [column, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== types.builtins.CHAR) continue;
      field.dataTypeID = types.builtins.TEXT;
      this.characterColumns.push(column);
    }
    return result;
  }
}
