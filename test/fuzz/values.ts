/** Values by a JSON Schema: as it wants them, nearly, or not at all. */
import { type Json, resolved } from './description.ts';
import { KIND_OF_MEMBER, type Pools } from './pools.ts';
import type { Random } from './random.ts';

/** Stands in every text that a caller makes up; it must come back in no error and no line of the log. */
export const MARKER = 'Zwiebelfisch';

const WORDS = [
  '',
  ' ',
  'ä',
  '\u202e',
  '\u0000',
  '\r\nX: 1',
  '\ud800',
  'e\u0301',
  '💥',
  '<script>',
  '#{7*7}',
  '%s%n',
  "'; DROP TABLE client --",
  '../../etc/passwd',
  '{{7*7}}',
];
const DAY_MS = 86_400_000;

export class Values {
  readonly random: Random;
  readonly #pools: Pools;
  readonly #caller: string;

  constructor(random: Random, pools: Pools, caller: string) {
    this.random = random;
    this.#pools = pools;
    this.#caller = caller;
  }

  /** @param name the member that it is the value of: ids are told by it. */
  of(schema: Json, name = '', depth = 0): Json {
    const { random } = this;
    const one = resolved(schema) ?? {};
    const kind = KIND_OF_MEMBER[name];
    if (kind !== undefined && (one.format === 'uuid' || one.type === 'string'))
      return this.#pools.id(random, this.#caller, kind);
    if ('const' in one) return one.const;
    if (one.enum) return random.pick(one.enum);
    const variants = one.oneOf ?? one.anyOf;
    if (variants) return this.of(this.#merged(one, random.pick(variants)), name, depth + 1);
    if (one.allOf) return Object.assign({}, ...one.allOf.map((part: Json) => this.of(part, name, depth + 1)));
    const type = Array.isArray(one.type) ? random.pick(one.type) : one.type;
    if (type === 'object' || one.properties) return this.#object(one, depth);
    if (type === 'array') return this.#array(one, name, depth);
    if (type === 'integer' || type === 'number') return this.#number(one);
    if (type === 'boolean') return random.chance(0.5);
    if (type === 'null') return null;
    if (type === 'string') return this.#text(one);
    return this.wild();
  }

  #merged(outer: Json, variant: Json): Json {
    const inner = resolved(variant);
    return inner.properties && outer.properties
      ? { ...inner, properties: { ...outer.properties, ...inner.properties } }
      : inner;
  }

  #object(schema: Json, depth: number): Json {
    const required = new Set<string>(schema.required ?? []);
    const members = Object.entries<Json>(schema.properties ?? {}).filter(
      ([name]) => required.has(name) || this.random.chance(depth > 3 ? 0.1 : 0.4),
    );
    return Object.fromEntries(members.map(([name, one]) => [name, this.of(one, name, depth + 1)]));
  }

  #array(schema: Json, name: string, depth: number): Json[] {
    const least = schema.minItems ?? 0;
    const many = least + this.random.below(depth > 3 ? 1 : Math.min(3, (schema.maxItems ?? 3) - least) + 1);
    return Array.from({ length: many }, () => this.of(schema.items, name, depth + 1));
  }

  #number({ minimum = 0, maximum = 100 }: Json): number {
    const { random } = this;
    return random.chance(0.7)
      ? minimum + random.below(Math.min(maximum, 1_000) - minimum + 1)
      : random.pick([minimum, maximum]);
  }

  #text({ format, pattern = '', maxLength = 60, minLength = 0 }: Json): string {
    const { random } = this;
    if (format === 'uuid') return this.#pools.id(random, this.#caller, 'client');
    if (format === 'date') return this.#instant().slice(0, 10);
    if (format === 'date-time') return this.#instant();
    if (format === 'email') return `${MARKER}@example.org`;
    if (pattern.includes('[0-9a-f]{64}')) return '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
    if (pattern.startsWith('^[0-9]{5}')) return '25421';
    if (pattern.startsWith('^\\+?[0-9 ')) return '+49 30 23125 001';
    if (pattern.startsWith('^[A-Z][A-Z0-9_]')) return random.pick(['ARBEIT', 'SPRACHE']);
    if (pattern.startsWith('^[a-z]{2,3}') || pattern.startsWith('^[A-Za-z]{2,3}'))
      return random.pick(['de', 'tr', 'ar']);
    if (pattern.startsWith('^(§')) return '§ 84 SGB X';
    if (pattern.startsWith('^[a-z0-9][a-z0-9.-]')) return `system-${random.below(1_000_000)}`;
    const text = `${MARKER} ${random.below(1_000_000)}${random.chance(0.1) ? random.pick(WORDS) : ''}`;
    return text.padEnd(minLength, 'x').slice(0, maxLength);
  }

  /** Mostly near to today; sometimes at the edges of what there is. */
  #instant(): string {
    const { random } = this;
    const at = Date.now() + (random.below(800) - 400) * DAY_MS;
    return random.chance(0.9)
      ? new Date(at).toISOString()
      : random.pick([
          '1900-01-02T00:00:00.000Z',
          '2199-12-30T23:59:59.999Z',
          '0000-01-01T00:00:00Z',
          '9999-12-31T23:59:59.999Z',
          '2026-02-30T00:00:00.000Z',
          '2026-11-26T24:00:00.000Z',
        ]);
  }

  /** Whatever JSON can say. */
  wild(depth = 0): Json {
    const { random } = this;
    const leaves: (() => Json)[] = [
      () => null,
      () => random.chance(0.5),
      () => random.pick([0, -0, -1, 1.5, 2 ** 31, 2 ** 53 + 2, 1e308, -1e308]),
      () => `${MARKER} ${random.pick(WORDS)}`,
      () => random.pick(WORDS),
      () => 'x'.repeat(random.pick([0, 1, 255, 5_000])),
      () => this.#pools.id(random, this.#caller, random.pick(Object.values(KIND_OF_MEMBER))),
    ];
    if (depth > 3 || random.chance(0.6)) return random.pick(leaves)();
    if (random.chance(0.5)) return Array.from({ length: random.below(4) }, () => this.wild(depth + 1));
    const names = [
      'id',
      'status',
      'version',
      'category',
      'payload',
      MARKER,
      'constructor',
      'toString',
      '',
      '/',
      '~',
      'länge',
    ];
    return Object.fromEntries(
      Array.from({ length: random.below(4) }, () => [random.pick(names), this.wild(depth + 1)]),
    );
  }

  /** One thing in it is wrong: missing, of another type, too much, or somewhere below. */
  spoilt(value: Json): Json {
    const { random } = this;
    if (typeof value !== 'object' || value === null || random.chance(0.15)) return this.wild();
    if (Array.isArray(value)) {
      if (value.length === 0 || random.chance(0.3)) return [...value, this.wild()];
      const index = random.below(value.length);
      return value.map((one, at) => (at === index ? this.spoilt(one) : one));
    }
    const names = Object.keys(value);
    if (names.length === 0 || random.chance(0.2))
      return { ...value, [random.pick(['id', 'status', 'secrecy', MARKER, 'recordedAt'])]: this.wild() };
    const name = random.pick(names);
    if (random.chance(0.25)) return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name));
    return { ...value, [name]: this.spoilt(value[name]) };
  }
}
